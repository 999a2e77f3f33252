import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** A process as it stands in a pid file. The pid alone is not enough: a container gives it to others within minutes. */
export interface PidRecord {
  readonly pid: number;
  /** When the kernel started it. Opaque; differs for every process that ever had this pid. */
  readonly started: string;
}

/** Describes a live process; undefined when there is none with this pid. */
export function describeProcess(pid: number): PidRecord | undefined {
  try {
    const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
    return started === undefined ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

/** True while the very process of the record runs. A zombie (dead, not yet reaped) counts as gone. */
export const isAlive = (record: PidRecord): boolean => describeProcess(record.pid)?.started === record.started;

/** Writes the record of a live process; nothing when it has already ended. */
export function writePidRecord(file: string, pid: number): void {
  const record = describeProcess(pid);
  if (record) writeFileSync(file, JSON.stringify(record));
}

/** Undefined when the file is missing or is no record: a crash may have cut it short. */
export function readPidRecord(file: string): PidRecord | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Partial<PidRecord>;
    return typeof pid === 'number' && pid > 1 && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function startedOnLinux(pid: number): string | undefined {
  // The second field is the name in brackets, which may itself hold spaces and brackets: count from the last one.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  // Field 22 counts clock ticks since boot, so the boot is part of the answer.
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19] ?? ''}`;
}

function startedElsewhere(pid: number): string | undefined {
  const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  const [state = 'Z', ...started] = line.trim().split(/\s+/);
  return state.startsWith('Z') ? undefined : started.join(' ');
}
