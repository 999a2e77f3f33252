import { readDriverFailure } from './driver-failure.js';

/**
 * `unavailable`: the database could not be reached, was shutting down, or took too long.
 * `conflict`: it rolled the statement back in favour of another one; the same statement may succeed the next time.
 * `invalid_data`: it refused this data; another row may do better.
 * `other`: anything else, mostly a mistake in the statement or in the configuration.
 */
export type StoreErrorKind = 'unavailable' | 'conflict' | 'invalid_data' | 'other';

interface StoreErrorOptions {
  readonly kind: StoreErrorKind;
  /** PostgreSQL's code, five characters; undefined when no server answered. */
  readonly sqlstate: string | undefined;
  /** False when a commit may have happened: the connection broke while the statement was in flight. */
  readonly certainlyNotStored: boolean;
  /** True for what an operator can mend (address, password, permission, migration, load); false for a bug. */
  readonly operational: boolean;
  readonly cause: unknown;
}

/** The only error that the operations of this package throw for a statement that failed. Its message quotes no value. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Read by the logger: the message is safe to log. */
  readonly loggable = true;
  readonly kind: StoreErrorKind;
  readonly sqlstate: string | undefined;
  readonly certainlyNotStored: boolean;
  readonly operational: boolean;

  constructor(message: string, { kind, sqlstate, certainlyNotStored, operational, cause }: StoreErrorOptions) {
    super(message, { cause });
    this.kind = kind;
    this.sqlstate = sqlstate;
    this.certainlyNotStored = certainlyNotStored;
    this.operational = operational;
  }
}

// The classes are those of the PostgreSQL manual, appendix A, "PostgreSQL Error Codes".
/** 08 connection, 53 resources, 57 operator intervention, among them a statement's timeout. */
const UNAVAILABLE = /^(08|53|57)/;
/** 40 transaction rollback: a deadlock, a serialization failure. */
const CONFLICT = /^40/;
/** 22 data exception, 23 integrity constraint. */
const INVALID_DATA = /^2[23]/;
/**
 * The server said ERROR for this statement, so it is certainly rolled back. Not among them: 57P01–57P03 and class 08,
 * where the session ended and a commit may have been in flight.
 */
const ROLLED_BACK = /^(2|3|40|42|53|54|55|57014)/;

/** What an operator can mend. The server's words for these codes name a user, a table or a limit, and no value. */
const OPERATIONAL = /^(08|28|3D|42501|53|57)/;
const NO_SUCH_TABLE = '42P01';

/** Turns an error of the driver or of Prisma into a StoreError. `address`: the server's, host:port. */
export function toStoreError(error: unknown, address: string): StoreError {
  const { sqlstate, said, neverSent, connection } = readDriverFailure(error);
  const is = (codes: RegExp): boolean => sqlstate !== undefined && codes.test(sqlstate);
  const operational = connection || sqlstate === NO_SUCH_TABLE || is(OPERATIONAL);
  const kind = kindOf(connection, is);
  const sentence =
    sqlstate === NO_SUCH_TABLE ? 'the database is not migrated' : SENTENCES[operational ? 'unavailable' : kind];
  const where = sqlstate === undefined ? address : `SQLSTATE ${sqlstate}, ${address}`;
  return new StoreError(`${sentence}${operational && said ? `: ${said}` : ''} (${where})`, {
    kind,
    sqlstate,
    certainlyNotStored: neverSent || is(ROLLED_BACK),
    operational,
    cause: error,
  });
}

const SENTENCES: Readonly<Record<StoreErrorKind, string>> = {
  unavailable: 'the database cannot be used',
  conflict: 'the database rolled a statement back in favour of another',
  invalid_data: 'the database rejected the data of a statement',
  other: 'a statement failed',
};

function kindOf(connection: boolean, is: (codes: RegExp) => boolean): StoreErrorKind {
  if (connection || is(UNAVAILABLE)) return 'unavailable';
  if (is(CONFLICT)) return 'conflict';
  return is(INVALID_DATA) ? 'invalid_data' : 'other';
}
