import { GUARD_RATIO_NAMES, type GuardRatioName, type GuardRatios } from './guard-ratios.js';

/** Wide: on a busy machine a ratio moves by a third, and what the guard is for (a lost batch, a second parse) doubles it. */
export const MARGIN = 1.8;

export interface Comparison {
  readonly name: GuardRatioName;
  readonly now: number;
  /** Null, like the limit, where this Node has none yet. */
  readonly baseline: number | null;
  readonly limit: number | null;
  readonly over: boolean;
}

export const compareRatios = (now: GuardRatios, baseline: GuardRatios | undefined): Comparison[] =>
  GUARD_RATIO_NAMES.map((name) => {
    const limit = baseline ? baseline[name] * MARGIN : null;
    return {
      name,
      now: now[name],
      baseline: baseline?.[name] ?? null,
      limit,
      over: limit !== null && now[name] > limit,
    };
  });
