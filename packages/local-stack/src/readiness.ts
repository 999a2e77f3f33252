import { until } from './until.js';

/** What a readiness wait came to; `last` is the last thing that was heard, for the message. */
export type Readiness = { ready: true } | { ready: false; last: string };

export interface Patience {
  /** How long to ask, in milliseconds. */
  readonly withinMs: number;
  /** After how long `tell` is given the last answer, once, in milliseconds. */
  readonly tellAfterMs: number;
  readonly tell: (last: string) => void;
}

/**
 * Asks `url` until it answers 200. Gives up when its patience ends, or as soon as `giveUp` is signalled.
 * Every single question may take two seconds.
 */
export async function waitUntilReady(
  url: string,
  { withinMs, tellAfterMs, tell }: Patience,
  giveUp: AbortSignal,
): Promise<Readiness> {
  let last = 'nothing';
  const late = setTimeout(() => tell(last), tellAfterMs);
  const ready = await until(
    async () => {
      if (giveUp.aborted) return false;
      last = await ask(url);
      return last === '200' ? true : undefined;
    },
    { withinMs, everyMs: 100 },
  );
  clearTimeout(late);
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
