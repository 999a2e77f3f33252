import { normalizePhone } from '@ardor/domain/phone/normalize-phone';
import { scriptedNumber } from '@ardor/testkit/api';
import { describe, expect, it } from '@jest/globals';
import {
  batchPlan,
  countAccepted,
  createRequests,
  kannelPlan,
  queryPlan,
  type RequestPlan,
  sendPlan,
  unreceiptedPlan,
} from './request-plan.js';

const IDS = ['a'.repeat(36), 'b'.repeat(36)];

type Body = Record<string, string> & { messages: { phone_number: string }[] };
/** The bodies of the first requests. */
const bodies = (plan: RequestPlan, count: number): Body[] => {
  const next = createRequests(plan);
  return Array.from({ length: count }, () => JSON.parse(next().split('\r\n\r\n')[1] ?? '') as Body);
};

describe('a plan', () => {
  it.each([
    ['send', sendPlan(7)],
    ['batch', batchPlan(7, 50)],
    ['unreceipted', unreceiptedPlan('9')],
    ['query', queryPlan(IDS)],
  ])('of kind %s says how long its bodies are', (_, plan) => {
    const next = createRequests(plan);
    for (let nth = 0; nth < 3; nth++) {
      const [head = '', body = ''] = next().split('\r\n\r\n');
      expect(head).toContain(`\r\nContent-Length: ${body.length}`);
    }
  });

  it('sends to a valid number of its own each time, apart from those of other loads', () => {
    const numbers = [sendPlan(0), sendPlan(99)].flatMap((plan) =>
      bodies(plan, 100).map((body) => body['phone_number']),
    );
    expect(numbers.filter((number) => normalizePhone(number ?? '', 'CN')?.e164 !== number)).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('puts as many messages into a batch as it says', () => {
    const numbers = bodies(batchPlan(1, 50), 2).flatMap(({ messages }) => messages.map((one) => one.phone_number));
    expect(new Set(numbers).size).toBe(100);
  });

  it('uses the numbers that the simulator never sends a receipt for', () => {
    expect(bodies(unreceiptedPlan(), 1)[0]?.['phone_number']).toBe(scriptedNumber(8, 0));
  });

  it('asks about each id in turn', () => {
    expect(bodies(queryPlan(IDS), 3).map((body) => body['sms_uid']?.[0])).toEqual(['a', 'b', 'a']);
  });

  it('adds a number and a text to the URL of Kannel', () => {
    const plan = kannelPlan(new URL('http://127.0.0.1:1/cgi-bin/sendsms?username=u'));
    expect(createRequests(plan)()).toMatch(/^GET \/cgi-bin\/sendsms\?username=u&text=\S+&to=%2B4915100000000 HTTP/);
  });
});

describe('countAccepted', () => {
  const body = (): string => '{"results":[{"status":"queuing"},{"status":"error"},{"status":"error"}]}';

  it('looks at the status, and at each result of a batch', () => {
    expect(countAccepted(batchPlan(0, 3), 200, body)).toBe(1);
    expect(countAccepted(batchPlan(0, 3), 503, body)).toBe(0);
    expect(countAccepted(sendPlan(0), 200, body)).toBe(1);
    expect(countAccepted(kannelPlan(new URL('http://a')), 202, body)).toBe(1);
  });
});
