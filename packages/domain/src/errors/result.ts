import type { Refusal } from './reasons.js';

/** An expected result: a value, or a refusal for the caller. Code throws only for bugs and broken infrastructure. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const refused = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });
