export interface InFlightCounter {
  /** Counts the promise until it settles. It must not reject: the rejection would be unhandled and end the process. */
  add(work: Promise<unknown>): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

/**
 * Counts background work, so that shutdown can wait for its end. It does not collect the promises in a Set: V8 keeps
 * the replaced tables of a busy Set, and what they held, until the next full garbage collection (docs/adr/0014).
 */
export function createInFlightCounter(): InFlightCounter {
  let count = 0;
  let idleWaiters: (() => void)[] = [];
  const onSettled = (): void => {
    count--;
    if (count > 0) return;
    idleWaiters.forEach((resolve) => resolve());
    idleWaiters = [];
  };
  return {
    add: (work) => {
      count++;
      void work.finally(onSettled);
    },
    idle: () => new Promise((resolve) => (count === 0 ? resolve() : idleWaiters.push(resolve))),
  };
}
