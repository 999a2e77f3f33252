import { describe, expect, it } from '@jest/globals';
import { FINAL_STATUSES, LANES, MESSAGE_STATUSES, ON_UNKNOWN, publicStatus } from './status.js';

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

  it('shows a final status as it is', () => {
    expect(FINAL_STATUSES).toEqual(['delivered', 'error']);
    for (const status of FINAL_STATUSES) expect(publicStatus(status)).toBe(status);
  });
});

// These words are stored and are parts of queue names: a new one may be added, none renamed.
it('keeps the words of lanes and of unknown outcomes', () => {
  expect(LANES).toEqual(['otp', 'notify', 'bulk']);
  expect(ON_UNKNOWN).toEqual(['wait', 'resend']);
});
