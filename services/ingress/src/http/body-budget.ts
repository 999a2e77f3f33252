import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { refused } from '@ardor/domain/errors/result';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';

/** The part of the budget that one kind of body may use. */
export interface BodyShare {
  /** A body in memory grows or shrinks from so many bytes to so many. False, and nothing is counted, when there is no room for it. */
  resize(from: number, to: number): boolean;
  /** Whether a body may be inflated now. */
  mayInflate(): boolean;
  /** A body became so many bytes, or would have become more. */
  countInflated(bytes: number): void;
}

/** How much of one body is read. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** The refusal of a body that is longer. */
  readonly tooLarge: Refusal;
  /** Where the bytes count. */
  readonly share: BodyShare;
}

export interface BodyBudget {
  /** Of requests whose head has right credentials. */
  readonly known: BodyShare;
  /** Of all others: their credentials may follow in the body. */
  readonly anonymous: BodyShare;
  /** Bytes that are counted now. */
  readonly used: () => number;
}

/**
 * A body up to this size is not counted, so that nobody who fills the budget can shut out a usual send. The limit of connections
 * bounds what these hold together.
 */
const FREE_BYTES = 4_096;

/** The part of all bytes that anonymous bodies may use: strangers must leave room for known clients. */
const ANONYMOUS_PART = 0.5;

/**
 * Bytes that anonymous bodies may become by inflating, in a second. 12 KB can hold 128 KiB of different keys, and those take 15 ms to parse:
 * without this limit a compressed body costs ten times as much CPU a byte as any other.
 */
const ANONYMOUS_INFLATED_PER_SECOND = 1_048_576;

export interface BodyBudgetOptions {
  readonly maxBytes: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: MonotonicClock;
}

/** One budget for the bytes of all bodies that are read, inflated or handled. Bytes count when they arrive, not when a head announces them. */
export function createBodyBudget({ maxBytes, now }: BodyBudgetOptions): BodyBudget {
  let used = 0;
  let [second, inflated] = [0, 0];
  /** Grows and shrinks one part, of `most` bytes, and the whole with it. */
  const createResize = (most: number): BodyShare['resize'] => {
    let usedByPart = 0;
    return (from, to) => {
      const added = counted(to) - counted(from);
      if (added > 0 && (used + added > maxBytes || usedByPart + added > most)) return false;
      used += added;
      usedByPart += added;
      return true;
    };
  };
  return {
    known: { resize: createResize(maxBytes), mayInflate: () => true, countInflated: () => undefined },
    anonymous: {
      resize: createResize(maxBytes * ANONYMOUS_PART),
      mayInflate: () => {
        const thisSecond = Math.floor(now() / 1_000);
        if (thisSecond !== second) [second, inflated] = [thisSecond, 0];
        return inflated < ANONYMOUS_INFLATED_PER_SECOND;
      },
      countInflated: (bytes) => {
        inflated += bytes;
      },
    },
    used: () => used,
  };
}

const counted = (bytes: number): number => (bytes > FREE_BYTES ? bytes : 0);

/** The refusal of a body for which there is no room. */
export const NO_ROOM_FOR_BODY = refused(
  refuse('overloaded', {
    message: 'This server holds as many bytes of bodies as it may; nothing was accepted or looked up.',
    retryAfterSeconds: 1,
  }),
);

/** The refusal of a compressed body while anonymous bodies have been inflated too much. */
export const NO_INFLATING = refused(
  refuse('overloaded', {
    message:
      'Compressed bodies must wait. Send the credentials as HTTP Basic, or do not compress; nothing was accepted.',
    retryAfterSeconds: 1,
  }),
);
