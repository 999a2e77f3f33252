import type { FinalStatus, State } from './protocol.js';

/** The record of one reference. It holds no text. A reference that was taken twice has one record. */
export interface LedgerEntry {
  /** The id from the first time it was taken. Undefined while it was only throttled or rejected. */
  id: string | undefined;
  to: string;
  state: State;
  /** The carrier's code of this state, or '' when the state has none. */
  code: string;
  /** When the state began, in Unix milliseconds. */
  at: number;
}

export interface Ledger {
  find(reference: string): LedgerEntry | undefined;
  /** Records that a message was taken. A second time counts as a duplicate and does not change the record. */
  take(reference: string, to: string, id: string): void;
  /** Records that a reference was seen and not taken. A taken reference stays taken. */
  refuse(reference: string, to: string, state: 'throttled' | 'rejected', code: string): void;
  /** Records the final status of a taken message. Later calls change nothing. */
  settle(reference: string, status: FinalStatus, code: string): void;
  /** Returns running counts, so that reading them needs no walk over the references. */
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
