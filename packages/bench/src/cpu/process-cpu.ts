import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports hundredths of a second to user space, whatever the kernel's own clock. */
const MICROS_PER_TICK = 10_000;
const ATTEMPTS = 5;

interface Stat {
  readonly parent: number;
  readonly own: number;
  /** CPU time of children that have ended and were waited for. */
  readonly ended: number;
}

/**
 * CPU time so far of a process and its children, dead or alive, in microseconds. Null without /proc. Children count
 * because Postgres forks for each connection, and Redis to rewrite its log.
 */
export function cpuMicros(pid: number): number | null {
  for (let attempt = 1; ; attempt++) {
    const stat = readStat(pid);
    if (!stat) return null;
    const children = childrenOf(pid).map((child) => ownMicros(child) ?? 0);
    const micros = (ownMicros(pid) ?? stat.own) + stat.ended + children.reduce((sum, one) => sum + one, 0);
    // A child that ended while the list was read is missing in both parts of the sum: read again.
    if (readStat(pid)?.ended === stat.ended || attempt === ATTEMPTS) return micros;
  }
}

/** The scheduler counts nanoseconds. A kernel without that has only ticks. */
function ownMicros(pid: number): number | undefined {
  const stat = readStat(pid);
  const threads = list(`/proc/${pid}/task`).map((thread) => read(`/proc/${pid}/task/${thread}/schedstat`));
  const nanos = threads.reduce((sum, text) => sum + Number(text?.split(' ', 1)[0] ?? 0), 0);
  return nanos > 0 ? nanos / 1_000 : stat?.own;
}

const childrenOf = (pid: number): number[] =>
  list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => readStat(candidate)?.parent === pid);

/** proc(5). The name in brackets may hold any character, so fields are counted from its end. */
function readStat(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  const ticks = (field: number): number => Number(fields[field]) * MICROS_PER_TICK;
  return { parent: Number(fields[1]), own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
