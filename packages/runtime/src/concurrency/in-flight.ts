export interface InFlightCounter {
  /** Counts it until it settles. It must not reject: that would be unhandled, and end the process. */
  add(one: Promise<unknown>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/**
 * What goes on in the background, for who waits for its end. Counted and not collected: a Set with much coming and going
 * leaves its former tables behind as a chain, and with them whatever they held, until the next full collection.
 */
export function createInFlightCounter(): InFlightCounter {
  let count = 0;
  let idlers: (() => void)[] = [];
  const leave = (): void => {
    count--;
    if (count > 0) return;
    idlers.forEach((resolve) => resolve());
    idlers = [];
  };
  return {
    add: (one) => {
      count++;
      void one.finally(leave);
    },
    idle: () => new Promise((resolve) => (count === 0 ? resolve() : idlers.push(resolve))),
  };
}
