import { setTimeout } from 'node:timers/promises';
import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { startTcpProxy, through } from '@ardor/testkit/tcp-proxy';
import pg from 'pg';
import { Agent } from 'undici';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';
import { databaseUrl, startSecondIngress } from '../second-ingress.js';

const NUMBERS = 10;
/** Longer than a slot lives. */
const HANGS_MS = 61_000;

export const attack: Attack = {
  summary: 'Hangs the way of a second ingress to the database for 61 s, and retries each send after it (ARDOR_HOME).',
  run: async () => {
    const url = databaseUrl();
    const { hostname, port } = new URL(url);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const ingress = await startSecondIngress({ DATABASE_URL: through(proxy, url) });
    const agent = new Agent({ connections: NUMBERS });
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    try {
      const first = Date.now() % 80_000_000;
      const phones = Array.from({ length: NUMBERS }, (_, n) => `+86138${String(first + n).padStart(8, '0')}`);
      const send = (phone: string) =>
        postJson(
          `${ingress.url}/api/sms/v1/sendsms`,
          { phone_number: phone, templet_id: DEMO.templateId, contents: [{ p1: '1' }] },
          agent,
        );
      await waitFor(async () => (await fetch(`${ingress.opsUrl}/readyz`)).ok, { withinMs: 20_000 });
      // Opens the connection that will carry the statement.
      await send(`+86138${String(first + NUMBERS).padStart(8, '0')}`);
      proxy.hang(true);
      const before = await Promise.all(phones.map(send));
      await setTimeout(HANGS_MS);
      proxy.hang(false);
      await Promise.all(
        phones.map((phone) => waitFor(async () => (await send(phone))?.status === 200, { withinMs: 20_000 })),
      );
      const { rows } = await database.query(
        `SELECT 1 FROM messages WHERE accepted_at > now() - interval '30 seconds' GROUP BY phone_mac HAVING count(*) > 1`,
      );
      const abandoned = before.filter((response) => response?.status !== 200).length;
      return [`${abandoned} of ${NUMBERS} sends were abandoned; ${rows.length} numbers have two messages`];
    } finally {
      await agent.close();
      await database.end();
      await ingress.stop();
      await proxy.close();
    }
  },
};
