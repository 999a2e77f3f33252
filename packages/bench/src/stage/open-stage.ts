import { findWrk } from '../load/find-wrk.js';
import { prepareDatabases } from './databases.js';
import { startServers } from './servers.js';
import type { Stage, StageDeps, StageOptions } from './stage.js';

export interface OpenStage {
  readonly stage: Stage;
  /** What was warned of so far. */
  readonly warnings: readonly string[];
}

/** The servers and the databases that all trials of a run share. */
export async function openStage(options: StageOptions, { closers, signal, progress }: StageDeps): Promise<OpenStage> {
  const servers = await startServers(closers, progress);
  const wrk = await findWrk(progress);
  const databases = await prepareDatabases(servers.postgres.url);
  const warnings: string[] = [];
  const warn = (line: string): void => {
    warnings.push(line);
    progress(`warning: ${line}`);
  };
  return { stage: { options, servers, databases, wrk, signal, progress, warn }, warnings };
}
