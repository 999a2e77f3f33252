import { beforeEach, describe, expect, it } from '@jest/globals';
import { createDependencyLog, hostOf, type DependencyLog } from './dependency-log.js';

interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

const CAUSE = new Error('refused');
const HOST = '10.0.0.7:6379';

let at: number;
let lines: Line[];
let details: Line[];
let counted: string[];
let dependencies: DependencyLog;

beforeEach(() => {
  at = 1_000;
  lines = [];
  details = [];
  counted = [];
  const write = (event: string, fields: object = {}): void => void lines.push({ event, ...fields });
  dependencies = createDependencyLog({
    log: {
      info: write,
      warn: write,
      debug: (event, fields = {}) => void details.push({ event, ...fields }),
    },
    metrics: { countFailure: (part) => void counted.push(part) },
    now: () => at,
  });
});

describe('createDependencyLog', () => {
  it('logs the first failure of an outage with its cause and host, and counts the others', () => {
    for (let n = 0; n < 500; n++) dependencies.failed('queue', CAUSE, HOST);
    expect(lines).toEqual([{ event: 'dependency failed', part: 'queue', host: HOST, count: 1, error: CAUSE }]);
    expect(counted).toHaveLength(500);
  });

  it('writes the failures that follow at level debug, each with its cause', () => {
    const causes = [CAUSE, new Error('timed out'), new Error('closed')];
    for (const cause of causes) dependencies.failed('queue', cause, HOST);
    expect(details.map(({ event, error }) => ({ event, error }))).toEqual(
      causes.slice(1).map((error) => ({ event: 'dependency failed again', error })),
    );
  });

  it('stays silent for the whole of a long outage', () => {
    for (let n = 0; n < 600; n++, at += 1_000) dependencies.failed('queue', CAUSE, HOST);
    expect(lines).toHaveLength(1);
  });

  it('logs the end of an outage once, with its length and number of failures', () => {
    for (let n = 0; n < 3; n++, at += 500) dependencies.failed('queue', CAUSE, HOST);
    dependencies.succeeded('queue', HOST);
    dependencies.succeeded('queue', HOST);
    expect(lines.slice(1)).toEqual([
      { event: 'dependency is back', part: 'queue', host: HOST, count: 3, duration_ms: 1_500 },
    ]);
  });

  it('logs nothing about a dependency that never failed', () => {
    dependencies.succeeded('queue', HOST);
    dependencies.failed('database', CAUSE);
    dependencies.succeeded('queue', HOST);
    expect(lines).toEqual([{ event: 'dependency failed', part: 'database', count: 1, error: CAUSE }]);
  });

  it('keeps two servers of one part apart', () => {
    dependencies.failed('queue', CAUSE, 'a:6379');
    dependencies.failed('queue', CAUSE, 'b:6379');
    dependencies.succeeded('queue', 'a:6379');
    expect(lines.map(({ event, host }) => `${event}: ${String(host)}`)).toEqual([
      'dependency failed: a:6379',
      'dependency failed: b:6379',
      'dependency is back: a:6379',
    ]);
    dependencies.succeeded('queue', 'b:6379');
    expect(lines).toHaveLength(4);
  });

  it('logs a dependency that fails every second call twice in ten seconds', () => {
    for (const end = at + 10_000; at < end; at += 20) {
      dependencies.failed('database', CAUSE);
      dependencies.succeeded('database');
    }
    expect(lines.map(({ event }) => event)).toEqual(['dependency failed', 'dependency is back']);
    dependencies.failed('database', CAUSE);
    expect(lines).toHaveLength(3);
  });

  it('logs a second outage that follows the first at once, as soon as ten seconds have passed', () => {
    dependencies.failed('queue', CAUSE);
    dependencies.succeeded('queue');
    dependencies.failed('queue', CAUSE);
    at += 9_999;
    dependencies.failed('queue', CAUSE);
    expect(lines).toHaveLength(2);
    at += 1;
    dependencies.failed('queue', CAUSE);
    expect(lines[2]).toMatchObject({ event: 'dependency failed', count: 3 });
    dependencies.succeeded('queue');
    expect(lines[3]).toMatchObject({ event: 'dependency is back', count: 3, duration_ms: 10_000 });
  });
});

describe('hostOf', () => {
  it.each([
    ['redis://:s3cret@cache.internal:6380/2', 'cache.internal:6380'],
    ['rediss://user:s3cret@cache', 'cache:6379'],
    ['postgresql://ardor:s3cret@db/ardor?sslmode=require', 'db:5432'],
    ['postgres://ardor:s3cret@[::1]:5433/ardor', '[::1]:5433'],
    ['https://key:s3cret@carrier.example/v1?token=s3cret', 'carrier.example:443'],
    ['http://127.0.0.1:8090', '127.0.0.1:8090'],
  ])('shows host and port of %s and nothing else', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });
});
