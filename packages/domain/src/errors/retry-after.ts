/** Milliseconds until another try can succeed, as Retry-After has them: whole seconds, at least 1 (RFC 9110 §10.2.3). */
export const retryAfterSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
