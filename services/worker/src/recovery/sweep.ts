/** One kind of recovery: each run does at most one batch. */
export interface SweepTask {
  readonly name: string;
  readonly run: () => Promise<SweepResult>;
}

export interface SweepResult {
  /** Messages that were changed or queued. */
  readonly moved: number;
  /** Whether there may be more of them right now. */
  readonly more: boolean;
}

/** A task whose batches are full as long as there may be more. */
export const inBatches =
  (limit: number, run: () => Promise<number>): (() => Promise<SweepResult>) =>
  async () => {
    const moved = await run();
    return { moved, more: moved >= limit };
  };

/** Full batches of one task in a row, so that a long backlog of one kind does not keep the others waiting. */
const MAX_ROUNDS = 10;

export interface SweepDeps {
  readonly tasks: readonly SweepTask[];
  readonly onSwept: (task: string, count: number) => void;
  readonly onError: (task: string, error: unknown) => void;
}

/** Runs every task once; one that fails does not keep the others from running. */
export function createSweep({ tasks, onSwept, onError }: SweepDeps): () => Promise<void> {
  return async () => {
    for (const task of tasks) {
      try {
        const count = await runTask(task);
        if (count > 0) onSwept(task.name, count);
      } catch (error) {
        onError(task.name, error);
      }
    }
  };
}

async function runTask({ run }: SweepTask): Promise<number> {
  let total = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { moved, more } = await run();
    total += moved;
    if (!more) break;
  }
  return total;
}
