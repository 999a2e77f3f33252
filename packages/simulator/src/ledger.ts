import type { FinalStatus, State } from './protocol.js';

/** All that is kept of a reference: no text, and one record however often it was taken. */
export interface LedgerEntry {
  /** Of the first time it was taken; undefined while it was only throttled or rejected. */
  id: string | undefined;
  to: string;
  state: State;
  /** The carrier's code that came with the state; '' when it has none. */
  code: string;
  /** Unix ms at which it came into its state. */
  at: number;
}

export interface Ledger {
  find(reference: string): LedgerEntry | undefined;
  /** Records one more taking. A second one counts as a duplicate and leaves the first record as it is. */
  take(reference: string, to: string, id: string): void;
  /** Records that a reference was seen and not taken. What was once taken stays taken. */
  refuse(reference: string, to: string, state: 'throttled' | 'rejected', code: string): void;
  /** The end of a taken message; the first end holds. */
  settle(reference: string, status: FinalStatus, code: string): void;
  /** Kept as running counts: reading them costs no walk over the references. */
  totals(): { taken: number; references: number; duplicates: string[] };
}

export function createLedger(): Ledger {
  const entries = new Map<string, LedgerEntry>();
  const duplicates = new Set<string>();
  let taken = 0;
  let references = 0;

  return {
    find: (reference) => entries.get(reference),

    take(reference, to, id) {
      taken += 1;
      if (entries.get(reference)?.id !== undefined) {
        duplicates.add(reference);
        return;
      }
      references += 1;
      entries.set(reference, { id, to, state: 'taken', code: '', at: Date.now() });
    },

    refuse(reference, to, state, code) {
      if (entries.get(reference)?.id !== undefined) return;
      entries.set(reference, { id: undefined, to, state, code, at: Date.now() });
    },

    settle(reference, status, code) {
      const entry = entries.get(reference);
      if (entry?.state !== 'taken') return;
      entry.state = status;
      entry.code = code;
      entry.at = Date.now();
    },

    totals: () => ({ taken, references, duplicates: [...duplicates] }),
  };
}
