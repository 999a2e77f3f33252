import { describe, expect, it } from '@jest/globals';
import { LANES, MESSAGE_STATUSES, ON_UNKNOWN, publicStatus } from './status.js';

describe('publicStatus', () => {
  it('shows the four words of the API, and queuing until a carrier has said that it took the message', () => {
    expect(MESSAGE_STATUSES.map((status) => [status, publicStatus(status)])).toEqual([
      ['queuing', 'queuing'],
      ['sending', 'queuing'],
      ['uncertain', 'queuing'],
      ['sent', 'sent'],
      ['delivered', 'delivered'],
      ['error', 'error'],
    ]);
  });
});

// These words are stored and are part of queue names. A word may be added, but never renamed.
it('keeps the words of lanes and of unknown outcomes', () => {
  expect(LANES).toEqual(['otp', 'notify', 'bulk']);
  expect(ON_UNKNOWN).toEqual(['wait', 'resend']);
});
