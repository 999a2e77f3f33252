type Job = () => Promise<void>;

interface KeyQueue {
  running: number;
  waiting: Job[];
  /** The index of the next job in `waiting`. shift() would move up to 100,000 members for each job. */
  head: number;
}

/**
 * Runs the jobs of each key first in, first out. At most `concurrency` jobs of one key run at a time.
 * A callback that hangs therefore delays its own receipts only.
 */
export function createKeyedQueue(concurrency: number): (key: string, job: Job) => void {
  const queues = new Map<string, KeyQueue>();

  function start(key: string, queue: KeyQueue, job: Job): void {
    queue.running += 1;
    void job().finally(() => {
      queue.running -= 1;
      const next = dequeue(queue);
      if (next !== undefined) start(key, queue, next);
      else if (queue.running === 0) queues.delete(key);
    });
  }

  return (key, job) => {
    let queue = queues.get(key);
    if (queue === undefined) queues.set(key, (queue = { running: 0, waiting: [], head: 0 }));
    if (queue.running < concurrency) start(key, queue, job);
    else queue.waiting.push(job);
  };
}

function dequeue(queue: KeyQueue): Job | undefined {
  const job = queue.waiting[queue.head];
  if (job === undefined) return undefined;
  queue.head += 1;
  if (queue.head === queue.waiting.length || queue.head > 10_000) {
    queue.waiting.splice(0, queue.head);
    queue.head = 0;
  }
  return job;
}
