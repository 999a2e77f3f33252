/** The gaps between two steps of a message's way in which a process may die and leave the rest to recovery. */
export const FAILPOINTS = [
  'accept.before_commit',
  'accept.after_commit',
  /** Committed and answered, the job not added. */
  'accept.before_queue',
  'accept.after_queue',
  'deliver.after_claim',
  /** The carrier has answered, nothing is settled. */
  'deliver.after_send',
  /** Settled; the job of what waits again is not added, and the job under way is not completed. */
  'deliver.after_settle',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

/** Called in the gap that it names; does nothing but in a test that arms it. */
export type Failpoint = (name: FailpointName) => void;

/** The process dies at the first call that names `armed`. */
export function createFailpoint(armed: string | undefined, die: () => void = killThisProcess): Failpoint {
  if (!armed) return () => undefined;
  return (name) => {
    if (name === armed) die();
  };
}

/** As `kill -9` does: no handler, no flush, no closing. Never returns, so that nothing after the call is run. */
function killThisProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0);
}
