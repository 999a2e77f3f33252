import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { freePort } from '@ardor/testkit/free-port';
import { scriptedNumber } from '@ardor/testkit/api';
import { CHECKOUT } from '@ardor/testkit/paths';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStack, type Stack } from './stack.js';

let stack: Stack;

/** Runs `ardor smoke` as a process, against an ingress. */
function smoke(url: string, ...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const program = `${CHECKOUT}packages/cli/dist/main.js`;
  const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test' };
  return new Promise((resolve) => {
    // Outside the checkout, so that the settings of a stack that runs there are not read.
    execFile(process.execPath, [program, 'smoke', '--url', url, ...args], { cwd: tmpdir(), env }, (error, out, err) =>
      resolve({ code: error ? error.code : 0, out, err }),
    );
  });
}

describe('ardor smoke', () => {
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());
  const api = (): string => stack.apis[0] ?? '';

  it('ends with 0 when its message is delivered, and prints each status with its time', async () => {
    const { code, out, err } = await smoke(api());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [head = '', ...lines] = out.trimEnd().split('\n');
    const [, smsUid = ''] = /^(\S{36}) to \+86170000\d{5}$/.exec(head) ?? [];
    expect(lines.at(-1)).toMatch(/^ *\d+ ms {2}delivered$/);
    const rows = await stack.db.query('SELECT status FROM messages WHERE id = $1', [smsUid]);
    expect(rows).toEqual([{ status: 'delivered' }]);
  });

  it.each([
    ['the carrier rejects the message', [scriptedNumber(1, 1)], 'the message failed: rejected'],
    ['no receipt comes in time', [scriptedNumber(8, 1), '--timeout', '2'], 'the message was still sent after 2 s'],
    ['the send is refused', [scriptedNumber(0, 1), 'unknown'], 'the send was refused: template_unknown'],
  ])('ends with 1 and says why when %s', async (_, args, reason) => {
    const { code, err } = await smoke(api(), ...args);
    expect({ code, err }).toEqual({ code: 1, err: `ardor: ${reason}\n` });
  });

  it('ends with 1 and the cause when no ingress listens', async () => {
    const port = await freePort();
    const { code, err } = await smoke(`http://127.0.0.1:${port}`);
    expect({ code, err }).toEqual({ code: 1, err: `ardor: connect ECONNREFUSED 127.0.0.1:${port}\n` });
  });
});
