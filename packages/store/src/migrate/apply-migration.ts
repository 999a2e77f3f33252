import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { MigrationError } from './migration-error.js';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface LockWaits {
  /** How long one try waits for a lock. Meanwhile sends and queries wait behind it, so it is below ANSWER_DEADLINE_MS. */
  readonly lockTimeoutMs: number;
  /** The pause between two tries: sends and queries go on. */
  readonly pauseMs: number;
  /** No further try begins after this time. */
  readonly giveUpAfterMs: number;
}

export const LOCK_WAITS: LockWaits = { lockTimeoutMs: 250, pauseMs: 2_000, giveUpAfterMs: 120_000 };

const LOCK_NOT_AVAILABLE = '55P03';

/** Applies a migration and its record in one transaction. While a backup or another session holds a lock that it needs, it tries again. */
export async function applyMigration(client: pg.Client, migration: Migration, lockWaits: LockWaits): Promise<void> {
  const lastTry = performance.now() + lockWaits.giveUpAfterMs;
  for (;;) {
    try {
      await applyOnce(client, migration, lockWaits.lockTimeoutMs);
      return;
    } catch (error) {
      const held = (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE;
      if (held && performance.now() + lockWaits.pauseMs <= lastTry) {
        await delay(lockWaits.pauseMs);
        continue;
      }
      const why = error instanceof Error ? error.message : 'unknown';
      const advice = held ? '; another session, a backup perhaps, uses a table: run it again when that has ended' : '';
      throw new MigrationError(`migration ${migration.name} failed: ${why}${advice}`, { cause: error });
    }
  }
}

async function applyOnce(client: pg.Client, { name, sql, checksum }: Migration, lockTimeoutMs: number): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // If the session is gone, the server has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
