import { createBatcher } from '@ardor/runtime/concurrency/batcher';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { IngressConfig } from '../config.js';
import type { IngressMetrics } from '../ops/metrics.js';
import { BATCH } from '../timing.js';

export interface BatcherDeps {
  readonly config: Pick<IngressConfig, 'answerMaxMs'>;
  readonly metrics: IngressMetrics;
  readonly cleanup: CleanupStack;
}

/** Requests that arrive while a round trip is in flight share the next one. */
export function composeBatcher<T, R>(
  { config, metrics, cleanup }: BatcherDeps,
  kind: 'accept' | 'query' | 'receipt',
  run: (items: readonly T[]) => Promise<readonly R[]>,
) {
  const batcher = createBatcher<T, R>({
    ...BATCH,
    maxWaitMs: config.answerMaxMs,
    run: (items) => {
      metrics.observeBatch(kind, items.length);
      return run(items);
    },
  });
  cleanup.defer(`${kind} batches`, () => batcher.idle());
  return batcher;
}
