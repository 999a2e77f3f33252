import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { limitedBatch, type Duty } from './duty.js';
import { startDuties, type DutyObserver } from './start-duties.js';

const HOUR_MS = 3_600_000;

let done: [name: string, moved: number][];
let errors: [name: string, message: string][];
beforeEach(() => {
  done = [];
  errors = [];
});
const observer: DutyObserver = {
  onDone: ({ name }, moved) => void done.push([name, moved]),
  onError: ({ name }, error) => void errors.push([name, (error as Error).message]),
};

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((duties) => duties.stop())));
const start = (duties: readonly Duty[]): { stop(): Promise<void> } => {
  const started = startDuties(duties, observer);
  running.push(started);
  return started;
};

/** A duty that moves these many in its batches of at most ten, and nothing after that. */
function duty(name: string, batches: readonly number[], everyMs = HOUR_MS): Duty & { runs(): number } {
  let runs = 0;
  return { name, everyMs, run: () => Promise.resolve(limitedBatch(batches[runs++] ?? 0, 10)), runs: () => runs };
}

/** A duty whose batch ends at `open`. */
function gatedDuty(name: string, more = false): Duty & { open(): void; isRunning(): boolean } {
  let open: (() => void) | undefined;
  return {
    name,
    everyMs: HOUR_MS,
    run: () => new Promise((resolve) => (open = () => resolve({ moved: 1, more }))),
    open: () => open?.(),
    isRunning: () => open !== undefined,
  };
}

describe('startDuties', () => {
  it('runs every duty, and again while its batches are full', async () => {
    const [quiet, full] = [duty('quiet', []), duty('full', [10, 10, 3, 10])];
    start([quiet, full]);
    await waitFor(() => done.length > 0);
    expect(done).toEqual([['full', 23]]);
    expect([quiet.runs(), full.runs()]).toEqual([1, 3]);
  });

  it('leaves a long backlog after ten batches, so that the next duty has its turn', async () => {
    const [endless, next] = [duty('endless', Array<number>(100).fill(10)), duty('next', [1])];
    start([endless, next]);
    await waitFor(() => done.length === 2);
    expect(done).toEqual([
      ['endless', 100],
      ['next', 1],
    ]);
    expect(endless.runs()).toBe(10);
  });

  it('goes on with the next duty when one fails, and tries that one again', async () => {
    let tries = 0;
    const broken: Duty = {
      name: 'broken',
      everyMs: 1,
      run: () => (++tries, Promise.reject(new Error('no database'))),
    };
    const next = duty('next', [2]);
    start([broken, next]);
    await waitFor(() => tries >= 3 && done.length > 0);
    expect(done).toEqual([['next', 2]]);
    expect(errors[0]).toEqual(['broken', 'no database']);
  });

  it('reports what a duty moved before it failed', async () => {
    let batch = 0;
    const run = () =>
      batch++ === 0 ? Promise.resolve({ moved: 10, more: true }) : Promise.reject(new Error('no database'));
    start([{ name: 'half', everyMs: HOUR_MS, run }]);
    await waitFor(() => done.length > 0);
    expect({ done, errors }).toEqual({ done: [['half', 10]], errors: [['half', 'no database']] });
  });

  it('repeats each duty at its own pace', async () => {
    const [often, seldom] = [duty('often', Array<number>(5).fill(1), 1), duty('seldom', [1, 1])];
    start([often, seldom]);
    await waitFor(() => often.runs() >= 5);
    expect(seldom.runs()).toBe(1);
  });

  it('runs the duties of one call one at a time, and those of two calls beside each other', async () => {
    const [first, second, other] = [gatedDuty('first'), gatedDuty('second'), duty('other', [1])];
    start([first, second]);
    start([other]);
    await waitFor(() => first.isRunning() && done.length > 0);
    expect(done).toEqual([['other', 1]]);
    expect(second.isRunning()).toBe(false);
    first.open();
    await waitFor(() => second.isRunning());
    second.open();
    await waitFor(() => done.length === 3);
  });

  it('ends after the running batch when it is stopped, and begins no other', async () => {
    const [first, second] = [gatedDuty('first', true), gatedDuty('second')];
    const duties = start([first, second]);
    await waitFor(() => first.isRunning());
    const stopping = duties.stop();
    first.open();
    await stopping;
    expect(done).toEqual([['first', 1]]);
    expect(second.isRunning()).toBe(false);
  });
});
