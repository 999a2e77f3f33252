import { driverFailure } from './driver-failure.js';

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention, among them a statement's timeout). */
const SQLSTATES = /^(08|53|57)/;

/** Whether an error of any operation of this package means that the database is out of reach, rather than a bug. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const { sqlstate, connection } = driverFailure(error);
  return sqlstate === undefined ? connection : SQLSTATES.test(sqlstate);
}

/** Class 40 (transaction rollback: a deadlock, a conflict): the same statement may well succeed the next time. */
export const isConflict = (error: unknown): boolean => driverFailure(error).sqlstate?.startsWith('40') ?? false;
