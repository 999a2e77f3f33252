import { createUuid7 } from '@ardor/domain/uuid7';
import { eventually } from '@ardor/testkit/eventually';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createSettleMessages } from '../settle-messages.js';
import { createExpireMessages } from './expire-messages.js';
import { createKeepAlive } from '../keep-alive.js';
import { createLapseClaims, createTakeOverClaims } from './lapse-claims.js';
import { createFindStrays, type FindStrays } from './find-strays.js';
import { createTakeUncertain } from './take-uncertain.js';

const nextId = createUuid7();

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.query('TRUNCATE messages'));

/** A message that waits, is overdue and valid for an hour; `fields` are columns as SQL. Returns its id. */
async function put(fields: Record<string, string> = {}): Promise<string> {
  const id = nextId();
  const columns = {
    ...{
      id: `'${id}'`,
      client_id: `'shop'`,
      template_id: `'t1'`,
      lane: `'otp'`,
      status: `'queuing'`,
      on_unknown: `'wait'`,
    },
    ...{ chunk_id: `'${id}'`, expires_at: `now() + interval '1 hour'`, due_at: `now() - interval '1 second'` },
    ...{ phone_mac: `'mac'`, payload: `'sealed'`, ...fields },
  };
  await db.query(`INSERT INTO messages (${Object.keys(columns).join()}) VALUES (${Object.values(columns).join()})`);
  return id;
}

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly payload: Buffer | null;
  /** Seconds from now. */
  readonly dueIn: number;
}
const row = async (id: string): Promise<Row | undefined> =>
  (
    await db.query<Row>('SELECT *, extract(epoch FROM due_at - now())::float8 AS "dueIn" FROM messages WHERE id = $1', [
      id,
    ])
  )[0];

const PAST = `now() - interval '1 second'`;
const seconds = (count: number): string => `now() + interval '${count} seconds'`;

/** Runs `work` while another session holds these rows. */
async function whileHeld<T>(ids: string[], work: () => Promise<T>): Promise<T> {
  const holder = new pg.Client({ connectionString: db.url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM messages WHERE id = ANY($1) FOR UPDATE', [ids]);
    return await work();
  } finally {
    await holder.end();
  }
}

describe('expiring', () => {
  const expire = (limit = 100): Promise<number> => createExpireMessages(db.database)(limit);

  it.each([
    [{}, 'expired'],
    [{ reason: `'throttled'` }, 'expired'],
    [{ reason: `'claim_lapsed'` }, 'expired'],
    [{ reason: `'gateway_unavailable'` }, 'gateway_unavailable'],
    [{ status: `'uncertain'`, uncertain_since: PAST }, 'outcome_unknown'],
    [{ status: `'uncertain'`, uncertain_since: PAST, reason: `'gateway_unavailable'` }, 'outcome_unknown'],
  ])('ends %j as %s', async (fields: Record<string, string>, reason) => {
    const id = await put({ ...fields, expires_at: PAST, fence: 'gen_random_uuid()' });
    expect(await expire()).toBe(1);
    expect(await row(id)).toMatchObject({
      status: 'error',
      reason,
      payload: null,
      fence: null,
      final_at: expect.any(Date),
    });
    expect(await expire()).toBe(0);
  });

  it('leaves what is still worth sending, what is under way and what has ended', async () => {
    await put({ expires_at: seconds(1) });
    for (const status of ['sending', 'sent', 'delivered', 'error'])
      await put({ status: `'${status}'`, expires_at: PAST });
    expect(await expire()).toBe(0);
  });

  it('takes the oldest first, so many at a time', async () => {
    const late = await put({ expires_at: PAST, due_at: `now() - interval '1 minute'` });
    const first = await put({ expires_at: PAST, due_at: `now() - interval '1 hour'` });
    const last = await put({ expires_at: PAST });
    expect(await expire(2)).toBe(2);
    expect([await row(first), await row(late), await row(last)].map((one) => one?.status)).toEqual([
      'error',
      'error',
      'queuing',
    ]);
  });

  it('passes over what another copy is working on', async () => {
    const [held, free] = [await put({ expires_at: PAST }), await put({ expires_at: PAST })];
    expect(await whileHeld([held], () => expire())).toBe(1);
    expect((await row(free))?.status).toBe('error');
    expect((await row(held))?.status).toBe('queuing');
  });

  it('ends each message once when two copies run at once', async () => {
    for (let count = 0; count < 20; count++) await put({ expires_at: PAST });
    const both = await Promise.all([expire(15), expire(15)]);
    expect(both[0] + both[1] + (await expire())).toBe(20);
  });
});

describe('taking over claims', () => {
  const takeOver = (limit = 100): Promise<number> =>
    createTakeOverClaims(db.database)({ limit, deduplicates: false, lookupAfterMs: 5_000 });
  const heldBy = (worker: string): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', worker: `'${worker}'`, attempts: '1', due_at: seconds(60) });

  it('takes those of dead workers and of workers nobody knows, and leaves those of the living', async () => {
    const keepAlive = createKeepAlive(db.database);
    const [living, dead, left] = [nextId(), nextId(), nextId()];
    for (const worker of [living, dead, left]) await keepAlive.beat(worker, 60_000);
    await db.query(`UPDATE workers SET alive_until = now() - interval '1 ms' WHERE id = $1`, [dead]);
    await keepAlive.leave(left);
    const [kept, ...lost] = [await heldBy(living), await heldBy(dead), await heldBy(left), await heldBy(nextId())];
    expect(await takeOver()).toBe(3);
    expect((await row(kept))?.status).toBe('sending');
    for (const id of lost) expect(await row(id)).toMatchObject({ status: 'uncertain', fence: null });
  });

  it('takes so many at a time, each once when two copies run at once', async () => {
    const worker = nextId();
    for (let count = 0; count < 12; count++) await heldBy(worker);
    expect(await takeOver(2)).toBe(2);
    const both = await Promise.all([takeOver(), takeOver()]);
    expect(both[0] + both[1]).toBe(10);
  });
});

describe('lapsing claims', () => {
  const lapse = (options: { limit?: number; deduplicates?: boolean } = {}): Promise<number> =>
    createLapseClaims(db.database)({ limit: 100, deduplicates: false, lookupAfterMs: 5_000, ...options });
  const claimed = (fields: Record<string, string> = {}): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', attempts: '1', ...fields });

  it('makes a message of unknown outcome uncertain, to be asked about soon', async () => {
    const id = await claimed();
    expect(await lapse()).toBe(1);
    const after = await row(id);
    expect(after).toMatchObject({
      status: 'uncertain',
      fence: null,
      uncertain_since: expect.any(Date),
      payload: expect.any(Buffer),
    });
    expect(after?.dueIn).toBeGreaterThan(3);
    expect(after?.dueIn).toBeLessThanOrEqual(5);
  });

  it.each([
    ['the gateway takes a reference once', {}, true],
    ['the template asks for it', { on_unknown: `'resend'` }, false],
  ])('lets it wait anew where %s', async (_, fields: Record<string, string>, deduplicates) => {
    const id = await claimed(fields);
    expect(await lapse({ deduplicates })).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', fence: null, attempts: 1, payload: expect.any(Buffer) });
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(0);
  });

  it('lets the old holder settle nothing', async () => {
    const fence = nextId();
    const id = await claimed({ fence: `'${fence}'` });
    await lapse();
    expect(
      (await createSettleMessages(db.database)([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], fence)).size,
    ).toBe(0);
  });

  it('never makes a message due past its end', async () => {
    const id = await claimed({ expires_at: seconds(1) });
    await lapse();
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(1);
  });

  it('leaves claims that still run, and messages that are not claimed', async () => {
    await claimed({ due_at: seconds(1) });
    for (const status of ['queuing', 'uncertain', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect(await lapse()).toBe(0);
  });

  it('takes so many at a time, and passes over what another copy is working on', async () => {
    const ids = [await claimed(), await claimed(), await claimed()];
    expect(await whileHeld(ids.slice(0, 1), () => lapse({ limit: 1 }))).toBe(1);
    expect((await row(ids[0] ?? ''))?.status).toBe('sending');
    expect(await lapse()).toBe(2);
  });
});

describe('finding strays', () => {
  const find = (...args: Parameters<FindStrays>) => createFindStrays(db.database)(...args);

  it('tells their jobs, and changes nothing', async () => {
    const id = await put({ lane: `'bulk'` });
    const before = await row(id);
    expect(await find(10, undefined)).toEqual({ strays: [{ id, lane: 'bulk', chunkId: id }], next: undefined });
    expect({ ...(await row(id)), dueIn: 0 }).toEqual({ ...before, dueIn: 0 });
  });

  it('leaves what is not due, what has expired and what does not wait', async () => {
    await put({ due_at: seconds(1) });
    await put({ expires_at: PAST });
    for (const status of ['sending', 'uncertain', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect((await find(10, undefined)).strays).toEqual([]);
  });

  it('goes through all of them, oldest first, each once, also where many are due at one moment', async () => {
    const young = [];
    for (let count = 0; count < 7; count++) young.push(await put({ due_at: `date_trunc('minute', now())` }));
    const old = await put({ due_at: `now() - interval '10 minutes'` });
    const found: string[] = [];
    let page = await find(3, undefined);
    for (; page.next; page = await find(3, page.next)) found.push(...page.strays.map(({ id }) => id));
    found.push(...page.strays.map(({ id }) => id));
    expect(found).toEqual([old, ...young.sort()]);
  });
});

describe('taking messages of unknown outcome', () => {
  const take = (limit = 100, fence = nextId()) =>
    createTakeUncertain(db.database)({ limit, fence, againAfterMs: 30_000 });
  const uncertain = (fields: Record<string, string> = {}): Promise<string> =>
    put({ status: `'uncertain'`, uncertain_since: `now() - interval '7 seconds'`, attempts: '2', ...fields });

  it('tells what it takes to resolve them', async () => {
    const id = await uncertain({ lane: `'notify'`, on_unknown: `'resend'` });
    const [taken] = await take();
    expect(taken).toEqual({ id, lane: 'notify', onUnknown: 'resend', attempt: 2, unknownForMs: expect.any(Number) });
    expect(taken?.unknownForMs).toBeGreaterThanOrEqual(7_000);
    expect(taken?.unknownForMs).toBeLessThan(20_000);
    expect(await take()).toEqual([]);
    expect((await row(id))?.dueIn).toBeGreaterThan(25);
  });

  it('lets only the last that asked settle them', async () => {
    const id = await uncertain();
    const [first, second] = [nextId(), nextId()];
    await take(1, first);
    await db.query(`UPDATE messages SET due_at = ${PAST}`);
    await take(1, second);
    const settle = createSettleMessages(db.database);
    expect((await settle([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], first)).size).toBe(0);
    expect((await settle([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], second)).size).toBe(1);
  });

  it('are due again at their end at the latest', async () => {
    const id = await uncertain({ expires_at: seconds(10) });
    await take();
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(10);
  });

  it('leaves what is not due, what has expired and what is of another status', async () => {
    await uncertain({ due_at: seconds(1) });
    await uncertain({ expires_at: PAST });
    for (const status of ['queuing', 'sending', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect(await take()).toEqual([]);
  });

  it('takes so many at a time, the oldest first, and passes over what another copy is working on', async () => {
    const young = await uncertain();
    const old = await uncertain({ due_at: `now() - interval '1 minute'` });
    const held = await uncertain({ due_at: `now() - interval '1 hour'` });
    expect((await whileHeld([held], () => take(1))).map(({ id }) => id)).toEqual([old]);
    await eventually(async () => (await take(1))[0]?.id === held);
    expect((await take()).map(({ id }) => id)).toEqual([young]);
  });
});
