const MAX_LENGTH = 128;

/**
 * What a carrier calls a message or an error, made fit to be stored: a number counts as its digits, control characters
 * (PostgreSQL refuses NUL, and one refused row fails its batch) and lone surrogates are dropped, 128 characters kept.
 * Undefined for anything that is neither text nor a number, or that has nothing left.
 */
export function sanitizeCarrierText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  // eslint-disable-next-line no-control-regex -- these are the characters meant
  const text = value.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, MAX_LENGTH);
  const wellFormed = text.replace(/\p{Surrogate}/gu, '');
  return wellFormed === '' ? undefined : wellFormed;
}
