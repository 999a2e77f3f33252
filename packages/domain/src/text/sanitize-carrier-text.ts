const MAX_LENGTH = 128;

/**
 * Makes a carrier's id or error code safe to store. A number becomes its digits. Control characters and lone surrogates
 * are removed, because PostgreSQL refuses NUL and one refused row fails its batch. At most 128 characters are kept.
 * Returns undefined for other types, and when nothing is left.
 */
export function sanitizeCarrierText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  // eslint-disable-next-line no-control-regex -- the control characters are meant
  const text = value.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, MAX_LENGTH);
  const wellFormed = text.replace(/\p{Surrogate}/gu, '');
  return wellFormed === '' ? undefined : wellFormed;
}
