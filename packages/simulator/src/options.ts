/** How the carrier behaves for every number. */
export interface Behaviour {
  /** A reference is taken once. Later calls with it return its first id. */
  readonly deduplicate: boolean;
  /** Delay of every response to POST /messages and to the lookup, in milliseconds. */
  readonly latencyMs: number;
  /** Share (0..1) of POST /messages calls that get 503 with nothing taken. */
  readonly failureRate: number;
  /** Time from the response to the receipt, in milliseconds. Undefined: random, 50 to 500. */
  readonly receiptDelayMs: number | undefined;
  /** How long the connection of a call without a response stays open, in milliseconds. */
  readonly noResponseMs: number;
}

export interface SimulatorOptions extends Partial<Behaviour> {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
}

export function behaviourOf(options: SimulatorOptions): Behaviour {
  return {
    deduplicate: options.deduplicate ?? false,
    latencyMs: options.latencyMs ?? 0,
    failureRate: options.failureRate ?? 0,
    receiptDelayMs: options.receiptDelayMs,
    noResponseMs: options.noResponseMs ?? 60_000,
  };
}
