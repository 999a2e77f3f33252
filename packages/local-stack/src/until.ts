import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something other than undefined.
 * `everyMs` is the pause between questions; after `withinMs` milliseconds the answer is undefined.
 */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  { withinMs, everyMs = 50 }: { withinMs: number; everyMs?: number },
): Promise<T | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await pause(everyMs);
  }
}
