/**
 * Polls until `probe` gives a value that is not undefined or false, and returns it; rejects with the last error after
 * `withinMs`. Tests wait for a state, never for a time.
 */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
  everyMs = 25,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown = new Error('it never was so');
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`not within ${withinMs} ms`, { cause: last });
}
