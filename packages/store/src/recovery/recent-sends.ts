import type { Lane } from '@ardor/domain/message/status';
import { uuid7Floor } from '@ardor/domain/message/uuid7';
import type { Database } from '../sql/database.js';

export interface RecentSend {
  /** The message's id. */
  readonly id: string;
  readonly clientId: string;
  readonly lane: Lane;
  readonly phoneMac: Uint8Array;
  /** The time until its number is free, in milliseconds. 0 or less when it is free. */
  readonly remainingMs: number;
}

/** The sends of the last `seconds`, oldest first, in pages. `now` is the database's time, Unix milliseconds. */
export type ReadRecentSends = (seconds: number, now: number) => AsyncIterable<readonly RecentSend[]>;

const PAGE = 5_000;
/**
 * An id has the database's time of its request, as its ingress estimated it, and a request waits before it is stored. An
 * older version took its own clock. The search begins this much earlier.
 */
const MARGIN_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Row {
  readonly id: string;
  readonly clientId: string;
  readonly lane: Lane;
  readonly mac: string;
  readonly ageMs: number;
}

export const createReadRecentSends = ({ sql }: Database): ReadRecentSends =>
  async function* (seconds, now) {
    let after = uuid7Floor(Math.floor(now - seconds * 1000 - MARGIN_MS));
    const before = uuid7Floor(Math.floor(now + HOUR_MS));
    for (;;) {
      const rows = await sql<Row>`
        SELECT id, client_id AS "clientId", lane, encode(phone_mac, 'base64') AS mac, (extract(epoch FROM now() - accepted_at) * 1000)::float8 AS "ageMs"
        FROM messages
        WHERE id > ${after}::uuid AND id < ${before}::uuid ORDER BY id LIMIT ${PAGE}::int`;
      // A slot was taken before its row was stored, so it ends no later than this.
      yield rows.map(({ id, clientId, lane, mac, ageMs }) => ({
        id,
        clientId,
        lane,
        phoneMac: Buffer.from(mac, 'base64'),
        remainingMs: seconds * 1000 - ageMs,
      }));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.id;
    }
  };
