/** A stack of closes. Code that opens something defers its close. Shutdown runs them last in, first out. */
export interface CleanupStack {
  defer(name: string, close: () => Promise<unknown>): void;
  /** Runs all closes, also after a failure, and returns the failures. A second call returns the same promise. */
  closeAll(): Promise<readonly { name: string; error: unknown }[]>;
}

export function createCleanupStack(): CleanupStack {
  const stack: { name: string; close: () => Promise<unknown> }[] = [];
  let closing: Promise<{ name: string; error: unknown }[]> | undefined;
  const run = async (): Promise<{ name: string; error: unknown }[]> => {
    const failures: { name: string; error: unknown }[] = [];
    for (let next = stack.pop(); next; next = stack.pop()) {
      try {
        await next.close();
      } catch (error) {
        failures.push({ name: next.name, error });
      }
    }
    return failures;
  };
  return {
    defer: (name, close) => void stack.push({ name, close }),
    closeAll: () => (closing ??= run()),
  };
}
