/** Returns milliseconds since a fixed moment of this process. Only differences mean something: it never goes back. */
export type MonotonicClock = () => number;

export const monotonicClock: MonotonicClock = () => performance.now();
