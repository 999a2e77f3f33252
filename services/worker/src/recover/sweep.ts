/** One kind of recovery: does at most one batch and returns how many messages it moved. */
export interface SweepTask {
  readonly name: string;
  /** Messages in one batch at most; a full batch means that there may be more. */
  readonly limit: number;
  readonly run: () => Promise<number>;
}

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

async function runTask({ run, limit }: SweepTask): Promise<number> {
  let total = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const count = await run();
    total += count;
    if (count < limit) break;
  }
  return total;
}
