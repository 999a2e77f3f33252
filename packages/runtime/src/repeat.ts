/**
 * Runs `task` again and again, `pauseMs` after each end, never twice at once. Errors go to `onError` and do not
 * stop it. `stop` waits for a run under way.
 */
export function repeat(
  task: () => Promise<unknown>,
  pauseMs: number,
  onError: (error: unknown) => void,
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
  run();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
