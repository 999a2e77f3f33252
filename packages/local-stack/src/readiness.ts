import { until } from './until.js';

/** What a readiness wait came to; `last` is the last thing that was heard, for the message. */
export type Readiness = { ready: true } | { ready: false; last: string };

/**
 * Asks `url` until it answers 200. Gives up after `withinMs` milliseconds, or as soon as `giveUp` is signalled.
 * Every single question may take two seconds.
 */
export async function waitUntilReady(url: string, withinMs: number, giveUp: AbortSignal): Promise<Readiness> {
  let last = 'nothing';
  const ready = await until(
    async () => {
      if (giveUp.aborted) return false;
      last = await ask(url);
      return last === '200' ? true : undefined;
    },
    { withinMs, everyMs: 100 },
  );
  return ready === true ? { ready } : { ready: false, last };
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: 'close' } });
    const body = await response.text();
    return response.status === 200 ? '200' : `${response.status} ${body.slice(0, 300).trim()}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}
