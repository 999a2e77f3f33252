import { waitFor } from '@ardor/runtime/wait-for';
import { type Child, describeExit, lastLines } from './child.js';

export interface ReadyOptions {
  /** How long to wait, in milliseconds. */
  readonly withinMs?: number | undefined;
  /** Gives up the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Called once when the program is not ready after `slowAfterMs` (5 s), with what it answered last. */
  readonly onSlow?: ((answer: string) => void) | undefined;
  readonly slowAfterMs?: number | undefined;
}

/**
 * Waits until `probe` resolves; it throws what it heard as long as the program is not ready. Rejects when the program
 * ends, or is not ready in time, with the last lines that it wrote.
 */
export async function waitUntilReady(
  child: Child,
  probe: () => Promise<void>,
  { withinMs = 60_000, signal, onSlow, slowAfterMs = 5_000 }: ReadyOptions = {},
): Promise<void> {
  const ended = new AbortController();
  void child.exited.then((exit) => ended.abort(new Error(describeExit(child, exit))));
  const giveUp = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
  let answer = 'nothing';
  const slow = setTimeout(() => onSlow?.(answer), slowAfterMs);
  const ask = async (): Promise<true> => {
    try {
      await probe();
      return true;
    } catch (error) {
      const { message, cause } = error as Error;
      answer = cause instanceof Error ? `${message}: ${cause.message}` : message;
      throw error;
    }
  };
  try {
    await waitFor(ask, { withinMs, signal: giveUp });
  } catch (cause) {
    if (giveUp.aborted) throw cause;
    const problem = `${child.name} is not ready after ${withinMs / 1000} s: ${answer}.`;
    throw new Error(`${problem}\n${lastLines(child)}`, { cause });
  } finally {
    clearTimeout(slow);
  }
}

/** Resolves when `url` answers 200, else throws the answer. One question may take two seconds. */
export async function expectOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: 'close' } });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status} ${body.slice(0, 300).trim()}`);
}
