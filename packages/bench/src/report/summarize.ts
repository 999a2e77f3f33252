import type { Measurement } from '../scenarios/measurement.js';
import { medianOf } from './median.js';

/** Joins the rounds of one scenario: the median of each field, and the sum of the errors. */
export const summarize = (rounds: readonly Measurement[]): Measurement => ({
  ...(medians(rounds) as Measurement),
  errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
});

/** The median of numbers, or of each field of objects. Rounds without a value do not count; null when none has one. */
function medians(values: readonly unknown[]): unknown {
  const present = values.filter((value) => value !== null);
  const objects = present.filter((value) => typeof value === 'object') as Record<string, unknown>[];
  const [first] = objects;
  if (!first) return medianOf(present as number[]);
  return Object.fromEntries(Object.keys(first).map((key) => [key, medians(objects.map((one) => one[key]))]));
}
