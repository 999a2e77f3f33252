/**
 * Runs `task` again and again, `pauseMs` after each end, never twice at once; the first time at once or `firstAfterMs`
 * from now. Errors go to `onError` and do not stop it. `stop` waits for a run under way.
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
    // An async function, so that a task that throws before its first await does not stop the repetition.
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
