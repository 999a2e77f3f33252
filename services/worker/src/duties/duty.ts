/** Work that a worker repeats for as long as it runs. Any number of workers may do it at the same time. */
export interface Duty {
  /** The name of its file. */
  readonly name: string;
  /** The label `task` of `ardor_recovered_total`, which is published and never renamed. Left out: not counted there. */
  readonly metric?: string;
  /** The pause after each run, in milliseconds. */
  readonly everyMs: number;
  /** One bounded batch. */
  readonly run: () => Promise<BatchResult>;
}

export interface BatchResult {
  /** Messages, partitions or receipts that were changed, queued or deleted. */
  readonly moved: number;
  /** Whether there may be more to do right now. */
  readonly more: boolean;
}

/** A batch that moved as many as it may: there are probably more. */
export const limitedBatch = (moved: number, limit: number): BatchResult => ({ moved, more: moved >= limit });

/** Everything was done at once. */
export const wholeBatch = (moved: number): BatchResult => ({ moved, more: false });

/** The batch of a duty that must not run now, or found nothing. */
export const nothingDone: BatchResult = { moved: 0, more: false };
