import Joi from 'joi';
import type { LoadResult } from './load-result.js';
import type { RequestPlan } from './request-plan.js';
import { SUMMARY } from './wrk-script.js';

interface Summary {
  readonly requests: number;
  readonly micros: number;
  readonly accepted: number;
  readonly cpu_seconds: number;
  readonly refused: number;
  readonly broken: number;
}

const whole = Joi.number().integer().min(0).required();
const SCHEMA = Joi.object<Summary>({
  requests: whole,
  micros: whole,
  accepted: Joi.number().integer().min(-1).required(),
  cpu_seconds: Joi.number().min(0).required(),
  refused: whole,
  broken: whole,
});

/** What our script made wrk print. Throws, with all that it printed, when that is missing. */
export function readWrkOutput(
  output: string,
  { items }: Pick<RequestPlan, 'items'>,
): Omit<LoadResult, 'startedAt' | 'latencyMs'> {
  const line = output.split('\n').find((candidate) => candidate.startsWith(SUMMARY));
  if (line === undefined) throw new Error(`wrk printed no summary:\n${output}`);
  const result = SCHEMA.validate(JSON.parse(line.slice(SUMMARY.length)));
  if (result.error) throw new Error(`wrk's summary is not as expected: ${result.error.message}`);
  const { value } = result;
  const accepted = value.accepted >= 0 ? value.accepted : (value.requests - value.refused) * items;
  const seconds = value.micros / 1e6;
  return {
    seconds,
    accepted,
    errors: (value.requests + value.broken) * items - accepted,
    generatorLoad: seconds > 0 ? value.cpu_seconds / seconds : 0,
  };
}
