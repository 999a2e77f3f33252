import { readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

/**
 * A process as we wrote it down: a pid alone is not enough, because the system hands pids out again (in a container
 * within minutes), and a process we are about to kill must be the one we started.
 */
export interface ProcessRecord {
  pid: number;
  /** When the kernel started it: an opaque word that differs for every process that ever had this pid. */
  started: string;
}

/** Describes a live process; undefined when there is none with this pid. */
export function describeProcess(pid: number): ProcessRecord | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** True while the very process of the record still runs. A zombie (dead, not yet reaped) counts as gone. */
export function isAlive(record: ProcessRecord): boolean {
  return describeProcess(record.pid)?.started === record.started;
}

/** The command line of a live process, words joined by spaces; empty when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Reads a record back; undefined when the file is missing or is not a record (a crash may have cut it short). */
export function readRecord(file: string): ProcessRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(parsed) ? { pid: parsed.pid, started: parsed.started } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the file if it still holds this record, so that a successor's record is left alone. */
export function forgetRecord(file: string, record: ProcessRecord): void {
  const current = readRecord(file);
  if (current?.pid === record.pid && current.started === record.started) rmSync(file, { force: true });
}

function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started } = value as Partial<ProcessRecord>;
  return Number.isInteger(pid) && (pid ?? 0) > 1 && typeof started === 'string';
}

function startedOnLinux(pid: number): string | undefined {
  try {
    // The second field is the name in brackets and may itself hold spaces and brackets: count from the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Field 22 counts clock ticks since boot, so the boot has to be named as well.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function startedElsewhere(pid: number): string | undefined {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
