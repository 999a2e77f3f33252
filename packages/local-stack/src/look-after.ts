import { type Supervision, type Watched } from './supervision.js';

/** Pushes the release of something that runs, and has its death end the supervision. */
export function lookAfter(
  child: Watched & { stop: () => Promise<void> },
  { print, closers, watch }: Supervision,
): void {
  let running = true;
  void child.exited.then(() => (running = false));
  closers.defer(child.name, () => {
    if (running) print(`stopping ${child.name}`);
    return child.stop();
  });
  watch(child);
}
