type Job = () => Promise<void>;

interface Lane {
  running: number;
  waiting: Job[];
  /** Where the queue starts in `waiting`: shift() would move 100,000 members for each one taken. */
  head: number;
}

/**
 * Runs jobs in a lane per key, first in first out, at most `width` of a lane at a time: a callback that hangs
 * holds up its own receipts and nobody else's.
 */
export function createLanes(width: number): (key: string, job: Job) => void {
  const lanes = new Map<string, Lane>();

  function start(key: string, lane: Lane, job: Job): void {
    lane.running += 1;
    void job().finally(() => {
      lane.running -= 1;
      const next = dequeue(lane);
      if (next !== undefined) start(key, lane, next);
      else if (lane.running === 0) lanes.delete(key);
    });
  }

  return (key, job) => {
    let lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, (lane = { running: 0, waiting: [], head: 0 }));
    if (lane.running < width) start(key, lane, job);
    else lane.waiting.push(job);
  };
}

function dequeue(lane: Lane): Job | undefined {
  const job = lane.waiting[lane.head];
  if (job === undefined) return undefined;
  lane.head += 1;
  if (lane.head === lane.waiting.length || lane.head > 10_000) {
    lane.waiting.splice(0, lane.head);
    lane.head = 0;
  }
  return job;
}
