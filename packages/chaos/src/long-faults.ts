import { hangMember } from './isolation-faults.js';
import { runClockAhead, runClockBehind } from './clock-faults.js';
import { runOtherVersion, useOtherRedis } from './disagreement-faults.js';
import type { Fault } from './fault.js';
import { dropPartitionBesideDump } from './maintenance-faults.js';
import { hang } from './server-faults.js';

/** Longer than a number's slot lives, and shorter than the demo template's validity. */
const LONGER_THAN_A_SLOT_MS = 70_000;
/** The worst that is likely when a process' time service has stopped. */
const CLOCK_ERROR_SECONDS = 180;

/**
 * Rare and long faults, one after the other. Each comes alone, because it takes longer than most faults together. `previous` is
 * the folder of a built checkout of another version.
 */
export function longFaults(previous: string | undefined): readonly Fault[] {
  return [
    hang('postgres', LONGER_THAN_A_SLOT_MS),
    hangMember({ kind: 'ingress', index: 1, store: 'postgres', ms: LONGER_THAN_A_SLOT_MS }),
    runClockBehind(0, CLOCK_ERROR_SECONDS),
    runClockAhead(1, CLOCK_ERROR_SECONDS),
    dropPartitionBesideDump(),
    useOtherRedis(),
    ...(previous === undefined ? [] : [runOtherVersion(previous)]),
  ];
}
