import { readFileSync } from 'node:fs';
import type { RequestPlan } from './request-plan.js';

/** The bodies of a plan, one after the other. */
export function createBodies({ open, before, after, close, items, keys }: RequestPlan): () => string {
  const nextKey = keys.kind === 'counter' ? counter(keys.digits) : cycle(readFileSync(keys.file, 'utf8').split('\n'));
  return () => {
    let body = open;
    for (let item = 0; item < items; item++) body += `${item > 0 ? ',' : ''}${before}${nextKey()}${after}`;
    return body + close;
  };
}

function counter(digits: number): () => string {
  let next = 0;
  return () => String(next++).padStart(digits, '0');
}

function cycle(lines: readonly string[]): () => string {
  const keys = lines.filter(Boolean);
  let next = 0;
  return () => keys[next++ % keys.length] ?? '';
}
