import type { Environment } from '../environment.js';
import type { Measurement } from '../scenarios/measurement.js';
import type { ScenarioName } from '../scenarios/scenario.js';
import type { Ratios } from './ratios.js';

/** What --json writes. */
export interface BenchResult {
  readonly environment: Environment;
  readonly scenarios: Partial<Record<ScenarioName, Measurement>>;
  readonly ratios: Ratios;
  readonly warnings: readonly string[];
}
