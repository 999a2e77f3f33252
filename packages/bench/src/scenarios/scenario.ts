/** Who answers: Ardor, the afternoon's version of it, or a server that does nothing but answer. */
export type SystemName = 'ours' | 'naive' | 'http-ceiling' | 'express-ceiling';

/**
 * What is measured. `rate`: requests at full speed, then at half of it. `drain`: a queue that was filled beforehand;
 * `messagesPerSecond` times --seconds is how many there are. `end-to-end`: --seconds at full speed, until the last receipt or,
 * with numbers that get none, until the carrier's last answer.
 * `kannel`: another gateway altogether.
 */
export type Scenario =
  | { readonly kind: 'rate'; readonly system: SystemName; readonly ask: Ask; readonly measureLatency: boolean }
  | { readonly kind: 'drain'; readonly system: 'ours' | 'naive'; readonly messagesPerSecond: number }
  | { readonly kind: 'end-to-end'; readonly system: 'ours' | 'naive'; readonly until: 'receipt' | 'sent' }
  | { readonly kind: 'kannel'; readonly measure: 'accept' | 'end-to-end' };

export type Ask = 'send' | 'send-batch' | 'query';

const rate = (system: SystemName, ask: Ask, measureLatency: boolean): Scenario => ({
  kind: 'rate',
  system,
  ask,
  measureLatency,
});

/** In the order in which a round runs them. */
export const SCENARIOS = {
  'http-ceiling': rate('http-ceiling', 'send', false),
  'express-ceiling': rate('express-ceiling', 'send', false),
  naive: rate('naive', 'send', true),
  accept: rate('ours', 'send', true),
  'accept-batch': rate('ours', 'send-batch', false),
  'naive-query': rate('naive', 'query', false),
  query: rate('ours', 'query', true),
  'naive-drain': { kind: 'drain', system: 'naive', messagesPerSecond: 800 },
  drain: { kind: 'drain', system: 'ours', messagesPerSecond: 10_000 },
  'naive-end-to-end': { kind: 'end-to-end', system: 'naive', until: 'receipt' },
  'end-to-end': { kind: 'end-to-end', system: 'ours', until: 'receipt' },
  'end-to-end-sent': { kind: 'end-to-end', system: 'ours', until: 'sent' },
  kannel: { kind: 'kannel', measure: 'accept' },
  'kannel-end-to-end': { kind: 'kannel', measure: 'end-to-end' },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];
