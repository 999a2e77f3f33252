import { cpuMicros } from './process-cpu.js';

const GROUPS = ['ingress', 'worker', 'redis', 'postgres'] as const;
type Group = (typeof GROUPS)[number];

/** The pids of each group; none where the group has no part. */
export type Groups = Readonly<Record<Group, readonly number[]>>;

/** CPU time so far of each process, in microseconds. */
export type CpuSnapshot = Readonly<Record<Group, readonly (number | null)[]>>;

/** Microseconds of CPU a message. Null for a group without a part, and for all without /proc. */
export type CpuPerMessage = Record<Group | 'total', number | null>;

export function cpuSnapshot(groups: Groups): CpuSnapshot {
  const { ingress, worker, redis, postgres } = groups;
  const of = (pids: readonly number[]): (number | null)[] => pids.map(cpuMicros);
  return { ingress: of(ingress), worker: of(worker), redis: of(redis), postgres: of(postgres) };
}

export function cpuPerMessage(before: CpuSnapshot, after: CpuSnapshot, messages: number): CpuPerMessage {
  const used = (group: Group): number | null => {
    const spent = differences(before[group], after[group]);
    if (spent.length === 0 || messages === 0) return null;
    return spent.reduce<number | null>(add, 0);
  };
  const perMessage = (micros: number | null): number | null => (micros === null ? null : micros / messages);
  const all = GROUPS.map((group) => perMessage(used(group)));
  const [ingress = null, worker = null, redis = null, postgres = null] = all;
  const known = all.filter((micros) => micros !== null);
  const total = known.length > 0 ? known.reduce((sum, micros) => sum + micros, 0) : null;
  return { ingress, worker, redis, postgres, total };
}

/** The share of a core that the busiest of these processes used. */
export function busiest(before: CpuSnapshot, after: CpuSnapshot, groups: readonly Group[], seconds: number): number {
  const spent = groups.flatMap((group) => differences(before[group], after[group]));
  return Math.max(0, ...spent.map((micros) => (micros ?? 0) / 1e6 / seconds));
}

const differences = (before: readonly (number | null)[], after: readonly (number | null)[]): (number | null)[] =>
  after.map((micros, index) => {
    const earlier = before[index] ?? null;
    return micros === null || earlier === null ? null : micros - earlier;
  });

const add = (sum: number | null, micros: number | null): number | null =>
  sum === null || micros === null ? null : sum + micros;
