/** The gaps between two steps of a message in which a process may die. Recovery must finish the rest. */
export const FAILPOINTS = [
  'accept.before_commit',
  'accept.after_commit',
  /** The row is committed and the response sent; the job is not added. */
  'accept.before_queue',
  'accept.after_queue',
  'deliver.after_claim',
  /** The carrier has responded; nothing is settled. */
  'deliver.after_send',
  /** All is settled; jobs of deferred messages are not added, and the current job is not completed. */
  'deliver.after_settle',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

type Call<A extends unknown[], R> = (...args: A) => Promise<R>;

/** Puts failpoints around the calls of a dependency, so that the code that uses it need not know them. */
export interface FailpointDecorators {
  before<A extends unknown[], R>(name: FailpointName, call: Call<A, R>): Call<A, R>;
  /** `applies` returns true when the failpoint applies to this result. Left out, it applies to all. */
  after<A extends unknown[], R>(name: FailpointName, call: Call<A, R>, applies?: (result: R) => boolean): Call<A, R>;
}

/** Decorates a call with its gap where `armed` names it. Every other call is returned as it is and costs nothing. */
export function createFailpointDecorators(
  armed: string | undefined,
  die: () => void = killThisProcess,
): FailpointDecorators {
  return {
    before: (name, call) => {
      if (name !== armed) return call;
      return (...args) => {
        die();
        return call(...args);
      };
    },
    after: (name, call, applies = () => true) => {
      if (name !== armed) return call;
      return async (...args) => {
        const result = await call(...args);
        if (applies(result)) die();
        return result;
      };
    },
  };
}

/** Kills like `kill -9`: no handler, no flush, no close. It never returns, so no later code runs. */
function killThisProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0);
}
