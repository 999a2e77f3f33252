/**
 * Settings of an ingress that waits as long as a busy test machine needs, instead of answering 503. Tests of one of these limits set
 * their own.
 */
export const PATIENT = {
  ANSWER_DEADLINE_MS: '20000',
  ANSWER_PATIENCE_MS: '20000',
  MAX_LOOP_DELAY_MS: '60000',
  LIMITER_TIMEOUT_MS: '5000',
};
