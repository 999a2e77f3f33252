import Joi from 'joi';
import { readChecked } from '../read-checked.js';
import type { BenchResult } from '../report/result.js';

const micros = Joi.number().min(0).allow(null).required();
const SCHEMA = Joi.object<BenchResult>({
  environment: Joi.object({
    node: Joi.string().required(),
    cpu: Joi.string().required(),
    cores: Joi.number().required(),
  })
    .unknown()
    .required(),
  scenarios: Joi.object()
    .pattern(
      Joi.string(),
      Joi.object({
        cpu_us: Joi.object({
          ingress: micros,
          worker: micros,
          redis: micros,
          postgres: micros,
          total: micros,
        }).required(),
      }).unknown(),
    )
    .required(),
})
  .unknown()
  .required();

/** What `--json` wrote. Throws, with the file's name, for anything else. */
export const readResult = (file: string): BenchResult => readChecked(file, parseResult);

export function parseResult(text: string): BenchResult {
  const result = SCHEMA.validate(JSON.parse(text));
  if (result.error) throw result.error;
  return result.value;
}
