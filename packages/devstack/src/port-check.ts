import getPort from 'get-port';

/** A port that the stack is going to listen on, and the variable that changes it. */
export interface WantedPort {
  readonly port: number;
  readonly variable: string;
  /** What listens there, for the message. */
  readonly what: string;
}

/**
 * Looks at all ports before anything is started. Returns one line per port that cannot be had, with a command that
 * can be pasted; `command` is the one that starts the stack.
 */
export async function explainTakenPorts(wanted: readonly WantedPort[], command: string): Promise<string[]> {
  const lines: string[] = [];
  const used = new Set<number>();
  for (const [index, { port, variable, what }] of wanted.entries()) {
    const twin = wanted.slice(0, index).find((other) => other.port === port);
    const free = await getPort({ port: Array.from({ length: 100 }, (_, offset) => port + offset), exclude: used });
    used.add(port).add(free);
    if (free === port) continue;
    const why = twin ? `is asked for twice, by ${twin.variable} and ${variable}` : 'is taken by another program';
    lines.push(`Port ${port} (${what}) ${why}. ${variable} changes it, for example: ${variable}=${free} ${command}`);
  }
  return lines;
}
