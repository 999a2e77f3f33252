/** How the carrier behaves beside its scripted numbers. */
export interface Behaviour {
  /** A reference that was taken is not taken again and answers its first id. */
  readonly deduplicate: boolean;
  /** Added to every answer of the carrier: POST /messages and the lookup. */
  readonly latencyMs: number;
  /** 0..1: how often a whole POST /messages is answered 503 with nothing taken. */
  readonly failureRate: number;
  /** From the answer to the receipt; undefined: 50 to 500 ms, by chance. */
  readonly receiptDelayMs: number | undefined;
  /** How long a connection that gets no answer is held open. */
  readonly silenceMs: number;
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
    silenceMs: options.silenceMs ?? 60_000,
  };
}
