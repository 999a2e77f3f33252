import type { State } from './protocol.js';

export interface InboxMessage {
  readonly to: string;
  readonly text: string;
  state: State;
  /** Arrival, in Unix milliseconds. */
  readonly at: number;
}

export interface Inbox {
  /** Returns the place of the message. `settle` needs it. */
  add(to: string, text: string, state: State): number;
  /** Does nothing when a newer message has replaced this one in the ring. */
  settle(place: number, state: State): void;
  /** Returns messages to numbers that contain `digits`, newest first. */
  latest(limit: number, digits: string): InboxMessage[];
}

/** Keeps the last messages with their texts. A ring keeps a benchmark from filling the memory. */
export function createInbox(capacity = 1_000): Inbox {
  const ring: InboxMessage[] = [];
  let next = 0;

  return {
    add(to, text, state) {
      ring[next % capacity] = { to, text, state, at: Date.now() };
      next += 1;
      return next - 1;
    },

    settle(place, state) {
      const message = ring[place % capacity];
      if (message !== undefined && place >= next - capacity) message.state = state;
    },

    latest(limit, digits) {
      const found: InboxMessage[] = [];
      for (let place = next - 1; place >= 0 && place >= next - capacity && found.length < limit; place -= 1) {
        const message = ring[place % capacity];
        if (message?.to.includes(digits)) found.push(message);
      }
      return found;
    },
  };
}
