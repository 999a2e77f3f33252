import type { Logger } from '../observability/logger.js';
import { NotReadyError } from '../observability/not-ready.js';
import type { ServerClock } from './server-clock.js';

export interface ComparedServer {
  /** A fixed word of the code: database, limiter, queue. */
  readonly name: string;
  /** host:port. */
  readonly host: string;
  readonly clock: Pick<ServerClock, 'earliest' | 'latest'>;
}

export interface CompareClocksDeps {
  readonly database: ComparedServer;
  readonly others: readonly ComparedServer[];
  /** This process' own clock, Unix milliseconds. */
  readonly ownTime: () => number;
  /** A larger difference is told, in milliseconds. */
  readonly maxSkewMs: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Gets each difference to the database's clock, in milliseconds; positive where the clock is ahead. */
  readonly observe: (name: string, skewMs: number) => void;
}

export interface ClockComparison {
  /** Logs a difference when it begins and when it ends, and observes all. Call it periodically, after the samples. */
  compare(): Promise<void>;
  /** Rejects with NotReadyError while this process' own clock is wrong. */
  check(): Promise<void>;
}

type Bounds = readonly [earliest: number, latest: number];

/**
 * Compares the clocks of this process and of the Redis servers with the database's. No decision depends on them (docs/adr/0028):
 * a difference is a sign that a machine needs care. The process counts as wrong only when no server agrees with it. So a
 * server whose clock is wrong never makes a whole fleet unready.
 */
export function createClockComparison(deps: CompareClocksDeps): ClockComparison {
  const { database, others, ownTime, maxSkewMs, log, observe } = deps;
  const told = new Set<string>();
  const databaseBounds = (): Bounds => boundsOf(database);
  const ownBounds = (): Bounds => [ownTime(), ownTime()];
  const differs = (skewMs: number): boolean => Math.abs(skewMs) > maxSkewMs;

  const tell = (key: string, name: string, who: string, skewMs: number): void => {
    observe(name, skewMs);
    if (differs(skewMs) === told.has(key)) return;
    const cause = sentence(who, skewMs, database);
    if (told.delete(key)) log.info('clocks agree again', { part: name, cause });
    else {
      told.add(key);
      log.warn('clocks differ', { part: name, cause });
    }
  };
  return {
    compare: () => {
      tell('process', 'process', 'this process', skewOf(ownBounds(), databaseBounds()));
      for (const one of others)
        tell(`${one.name} ${one.host}`, one.name, `${one.name} (${one.host})`, skewOf(boundsOf(one), databaseBounds()));
      return Promise.resolve();
    },
    check: () => {
      const skewMs = skewOf(ownBounds(), databaseBounds());
      const known = others.map(boundsOf).filter(([earliest]) => Number.isFinite(earliest));
      const agrees = known.some((bounds) => !differs(skewOf(ownBounds(), bounds)));
      if (!differs(skewMs) || agrees) return Promise.resolve();
      return Promise.reject(new NotReadyError(sentence('this process', skewMs, database)));
    },
  };
}

/** A server that was never asked has infinite bounds. */
const boundsOf = ({ clock }: ComparedServer): Bounds => [clock.earliest(), clock.latest()];

/** How far a clock is ahead of another at least, in milliseconds; negative where it is behind, 0 where they may agree. */
function skewOf([earliest, latest]: Bounds, [otherEarliest, otherLatest]: Bounds): number {
  if (earliest > otherLatest) return earliest - otherLatest;
  return latest < otherEarliest ? latest - otherEarliest : 0;
}

const sentence = (who: string, skewMs: number, { name, host }: ComparedServer): string =>
  skewMs === 0
    ? `the clock of ${who} agrees with that of the ${name} (${host})`
    : `the clock of ${who} is ${Math.round(Math.abs(skewMs))} ms ${skewMs > 0 ? 'ahead of' : 'behind'} that of the ${name} (${host})`;
