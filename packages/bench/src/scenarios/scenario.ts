import type { SystemName } from '../session/start-system.js';

/**
 * What is measured.
 * `rate`: requests at full speed, then latency at a rate that leaves air.
 * `drain`: a queue that is filled beforehand, with `messagesPerSecond` times --seconds messages.
 * `end-to-end`: --seconds at full speed, until the last receipt or, with numbers that get none, until the last is sent.
 * `kannel`: another gateway.
 */
export type Scenario =
  | { readonly kind: 'rate'; readonly system: SystemName | 'http-ceiling'; readonly request: RequestKind }
  | { readonly kind: 'drain'; readonly system: SystemName; readonly messagesPerSecond: number }
  | { readonly kind: 'end-to-end'; readonly system: SystemName; readonly until: 'receipt' | 'sent' }
  | { readonly kind: 'kannel'; readonly until: 'accepted' | 'sent' };

export type RequestKind = 'send' | 'send-batch' | 'query';

/** In the order in which a round runs them. */
export const SCENARIOS = {
  'http-ceiling': { kind: 'rate', system: 'http-ceiling', request: 'send' },
  naive: { kind: 'rate', system: 'naive', request: 'send' },
  accept: { kind: 'rate', system: 'ardor', request: 'send' },
  'accept-batch': { kind: 'rate', system: 'ardor', request: 'send-batch' },
  'naive-query': { kind: 'rate', system: 'naive', request: 'query' },
  query: { kind: 'rate', system: 'ardor', request: 'query' },
  'naive-drain': { kind: 'drain', system: 'naive', messagesPerSecond: 800 },
  drain: { kind: 'drain', system: 'ardor', messagesPerSecond: 10_000 },
  'naive-end-to-end': { kind: 'end-to-end', system: 'naive', until: 'receipt' },
  'end-to-end': { kind: 'end-to-end', system: 'ardor', until: 'receipt' },
  'end-to-end-sent': { kind: 'end-to-end', system: 'ardor', until: 'sent' },
  kannel: { kind: 'kannel', until: 'accepted' },
  'kannel-end-to-end': { kind: 'kannel', until: 'sent' },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** Scenarios whose latency is measured too. */
export const WITH_LATENCY: readonly ScenarioName[] = ['naive', 'accept', 'query'];
