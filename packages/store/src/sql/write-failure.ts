import { driverFailure } from './driver-failure.js';

/**
 * What a failed write means for its rows.
 * `refused`: the database refused this data; nothing of the statement was stored, and another row may do better.
 * `not_stored`: it certainly stored nothing.
 * `unknown`: it may have been committed.
 */
export type WriteFailure = 'refused' | 'not_stored' | 'unknown';

/** Classes 22 (data exception) and 23 (integrity constraint): SQLSTATE, PostgreSQL manual, appendix A. */
const DATA_ERROR = /^2[23]/;

/**
 * SQLSTATEs after which the statement is certainly rolled back: the server said ERROR for this statement. Not among
 * them: 57P01–57P03 and class 08, where the session ended and a commit may have been under way.
 */
const ROLLED_BACK = /^(2|3|40|42|53|54|55|57014)/;

export function writeFailure(error: unknown): WriteFailure {
  const { sqlstate, neverSent } = driverFailure(error);
  if (sqlstate !== undefined && DATA_ERROR.test(sqlstate)) return 'refused';
  if (sqlstate !== undefined && ROLLED_BACK.test(sqlstate)) return 'not_stored';
  return neverSent ? 'not_stored' : 'unknown';
}
