import type { Percentiles } from './percentiles.js';

/** What a load found; messages are items of requests. */
export interface LoadResult {
  readonly seconds: number;
  readonly accepted: number;
  /** Messages that were refused, or got no answer. */
  readonly errors: number;
  /** When the first request was due, Unix milliseconds. */
  readonly startedAt: number;
  /** Share of a core that the generator used. */
  readonly generatorLoad: number;
  /** From when a request was due to its answer; null where no rate was kept. */
  readonly latencyMs: Percentiles | null;
}
