import type { Chunk, Producer } from '@ardor/queue/producer';

export interface Enqueue {
  /** Returns at once: the messages are stored, and if their jobs cannot be added, recovery owns them. */
  enqueue(chunks: readonly Chunk[]): void;
  /** Resolves when no job is being added. */
  idle(): Promise<void>;
}

export function createEnqueue(
  producer: Pick<Producer, 'add'>,
  onFailure: (error: unknown, chunks: number) => void,
): Enqueue {
  const underWay = new Set<Promise<void>>();
  return {
    enqueue: (chunks) => {
      const one = producer.add(chunks).catch((error: unknown) => onFailure(error, chunks.length));
      underWay.add(one);
      void one.then(() => underWay.delete(one));
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}
