import type { Answer } from './read-answers.js';
import type { RequestPlan } from './request-plan.js';

const REFUSED = '"status":"error"';

/** How many of a request's items its answer accepts. */
export function countAccepted({ count, items }: Pick<RequestPlan, 'count' | 'items'>, answer: Answer): number {
  if (answer.status !== 200) return 0;
  return count === 'answers' ? items : items - (answer.body().split(REFUSED).length - 1);
}
