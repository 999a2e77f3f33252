/**
 * Settings that make a Node process believe that it is `ms` later than it is; earlier where `ms` is negative. Its monotonic
 * clock and its timers stay as they are.
 */
export const withClockAhead = (ms: number): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    const { now } = Date;
    globalThis.Date = class extends Date {
      constructor(...parts) {
        if (parts.length > 0) super(...parts);
        else super(now() + ${ms});
      }
      static now() {
        return now() + ${ms};
      }
    };`)}`,
});
