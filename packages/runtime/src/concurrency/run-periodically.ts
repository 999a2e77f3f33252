/**
 * Runs `task` again and again, with a pause of `pauseMs` after each end, and never twice at once. The first run starts
 * after `firstAfterMs`. Errors go to `onError` and do not stop the repetition. `stop` waits for a run in flight.
 */
export function runPeriodically(
  task: () => Promise<unknown>,
  pauseMs: number,
  onError: (error: unknown) => void,
  firstAfterMs = 0,
): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const run = (): void => {
    // The async function turns a synchronous throw into a rejection. Otherwise it would stop the repetition.
    running = (async () => task())()
      .then(() => undefined, onError)
      .then(() => {
        if (!stopped) timer = setTimeout(run, pauseMs);
      });
  };
  if (firstAfterMs > 0) timer = setTimeout(run, firstAfterMs);
  else run();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
