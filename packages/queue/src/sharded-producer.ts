import { LANES, type Lane } from '@ardor/domain/message/status';
import { createProducer, type Chunk, type Producer } from './producer.js';
import { shardOf, type Shard } from './shard.js';
import { createUntilReachable } from './until-reachable.js';

interface Part {
  readonly producer: Producer;
  readonly reachable: () => Promise<void>;
}

/**
 * One producer over all shards. A shard that is out of reach keeps nothing from the others: what can be added is added,
 * and a question is answered by those that can answer, while `onError` hears of the rest.
 */
export function createShardedProducer(shards: readonly Shard[], onError: (error: unknown) => void): Producer {
  const parts = shards.map(({ connection, prefix }) => ({
    producer: createProducer(connection, prefix, onError),
    reachable: createUntilReachable(connection),
  }));
  const ask = async <T>(question: (producer: Producer) => Promise<T>): Promise<T[]> =>
    answersOf(await Promise.allSettled(parts.map(({ producer }) => question(producer))), parts.length, onError);

  return {
    queues: parts.flatMap(({ producer }) => producer.queues),
    add: async (chunks) => {
      const added = await Promise.allSettled(
        split(chunks, parts).map(async ([{ producer, reachable }, mine]) => {
          await reachable();
          await producer.add(mine);
        }),
      );
      for (const result of added) if (result.status === 'rejected') throw result.reason;
    },
    missing: async (chunks) => {
      const asked = await Promise.allSettled(
        split(chunks, parts).map(([{ producer }, mine]) => producer.missing(mine)),
      );
      return answersOf(asked, parts.length, onError).flat();
    },
    waiting: async () => {
      const counts = await ask((producer) => producer.waiting());
      const sum = (lane: Lane): number => counts.reduce((total, count) => total + count[lane], 0);
      return Object.fromEntries(LANES.map((lane) => [lane, sum(lane)])) as Record<Lane, number>;
    },
    oldestWaitingMs: async (lane) => Math.max(...(await ask((producer) => producer.oldestWaitingMs(lane)))),
    close: async () => {
      await Promise.all(parts.map(({ producer }) => producer.close()));
    },
  };
}

/** The chunks of each shard that has any. */
function split(chunks: readonly Chunk[], parts: readonly Part[]): [Part, Chunk[]][] {
  const byShard = parts.map((part): [Part, Chunk[]] => [part, []]);
  for (const chunk of chunks) byShard[shardOf(chunk.chunkId, parts.length)]?.[1].push(chunk);
  return byShard.filter(([, mine]) => mine.length > 0);
}

/** What those said that could answer. Throws where every shard there is was asked in vain. */
function answersOf<T>(
  results: readonly PromiseSettledResult<T>[],
  shards: number,
  onError: (error: unknown) => void,
): T[] {
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length === shards) throw failures[0]?.reason;
  // Shards of one server fail alike: one is enough to tell of.
  if (failures.length > 0) onError(failures[0]?.reason);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
