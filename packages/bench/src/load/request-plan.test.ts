import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalizePhone } from '@ardor/domain/phone/normalize-phone';
import { scriptedNumber } from '@ardor/testkit/api';
import { afterAll, describe, expect, it } from '@jest/globals';
import { batchPlan, queryPlan, requestHead, sendPlan, unreceiptedPlan } from './request-plan.js';
import { createBodies } from './write-bodies.js';

const folder = mkdtempSync(join(tmpdir(), 'ardor-bench-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ids = join(folder, 'ids');
writeFileSync(ids, `${'a'.repeat(36)}\n${'b'.repeat(36)}\n`);

type Body = Record<string, string> & { messages: { phone_number: string }[] };
const parse = (text: string): Body => JSON.parse(text) as Body;

describe('a plan', () => {
  it.each([
    ['send', sendPlan(7)],
    ['batch', batchPlan(7, 50)],
    ['unreceipted', unreceiptedPlan()],
    ['query', queryPlan(ids)],
  ])('of kind %s says how long its bodies are', (_, plan) => {
    const next = createBodies(plan);
    for (let nth = 0; nth < 3; nth++)
      expect(requestHead(plan, 1)).toContain(`\r\nContent-Length: ${next().length}\r\n\r\n`);
  });

  it('sends to a valid number of its own each time, apart from those of other loads', () => {
    const numbers = [sendPlan(0), sendPlan(99)].flatMap((plan) => {
      const next = createBodies(plan);
      return Array.from({ length: 100 }, () => parse(next())['phone_number'] ?? '');
    });
    expect(numbers.filter((number) => normalizePhone(number, 'CN') !== number)).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('puts as many messages into a batch as it says', () => {
    const next = createBodies(batchPlan(1, 50));
    const numbers = [next(), next()].flatMap((body) => parse(body).messages.map(({ phone_number }) => phone_number));
    expect(new Set(numbers).size).toBe(100);
  });

  it('uses the numbers that the simulator never sends a receipt for', () => {
    expect(parse(createBodies(unreceiptedPlan())())['phone_number']).toBe(scriptedNumber(8, 0));
  });

  it('asks about each line of the file in turn', () => {
    const next = createBodies(queryPlan(ids));
    expect([next(), next(), next()].map((body) => parse(body)['sms_uid']?.[0])).toEqual(['a', 'b', 'a']);
  });
});
