import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** The deadline, 20 s unless told otherwise. */
  readonly withinMs?: number;
  /** The pause between two probes. */
  readonly everyMs?: number;
  /** Ends the wait: it throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Polls until `probe` returns something other than undefined or false, and returns it. An error of the probe counts as
 * "not yet". After the deadline it throws, with the last error of the probe as its cause.
 */
export async function waitFor<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 20_000, everyMs = 25, signal }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let cause: unknown;
  do {
    signal?.throwIfAborted();
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`not within ${withinMs} ms`, { cause });
}
