interface Running {
  readonly folder: string;
  readonly stop: () => Promise<unknown>;
}

let running: Running | undefined;

/** Set-up and tear-down of a run are two modules in one process; this is what the first leaves to the second. */
export function keepRunning(what: Running): void {
  running = what;
}

export const takeRunning = (): Running | undefined => running;
