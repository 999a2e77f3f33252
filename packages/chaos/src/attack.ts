/** The stack that an attack is run against. */
export interface Target {
  /** The API's URL, without a slash at the end. */
  readonly api: string;
  /** The ops URL of the same ingress. */
  readonly ops: string;
  /** The attack goes on for this long. */
  readonly seconds: number;
  /** Returns the value that the command was given by `--option name=value`, or the default. */
  readonly option: (name: string, byDefault: string) => string;
}

/**
 * One attack: a file in `attacks/` exports it as `attack`, and the file's name is its name. `pnpm attack` runs it beside honest
 * clients and prints what became of them.
 */
export interface Attack {
  /** One sentence for the list of attacks. */
  readonly summary: string;
  /** Attacks until `target.seconds` are over. Returns what it saw itself, a line each. */
  run(target: Target): Promise<readonly string[]>;
}
