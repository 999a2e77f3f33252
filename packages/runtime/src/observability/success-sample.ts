/** Whether the line about a success is written. Refusals, errors and uncertain outcomes are always logged. */
export type SuccessSample = (id: string) => boolean;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Logs this fraction (0..1) of successes. The id alone decides, so each service picks the same messages and a message
 * that is logged can be followed through all of them.
 */
export function createSuccessSample(fraction: number): SuccessSample {
  if (fraction >= 1) return () => true;
  if (fraction <= 0) return () => false;
  const limit = fraction * 2 ** 32;
  return (id) => hash(id) < limit;
}

/** FNV-1a of the characters, 32 bits. Source: draft-eastlake-fnv. */
function hash(text: string): number {
  let value = FNV_OFFSET;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), FNV_PRIME);
  return value >>> 0;
}
