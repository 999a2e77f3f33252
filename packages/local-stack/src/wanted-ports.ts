import { isPortFree } from './ports.js';

/** A port the stack is going to listen on, and the variable that changes it. */
export interface WantedPort {
  port: number;
  variable: string;
  /** What listens there, for the message. */
  what: string;
}

/**
 * Looks at all ports before anything is started. Returns one line per port that cannot be had, with a way out that can
 * be pasted; `command` is how the person starts us.
 */
export async function explainTakenPorts(wanted: readonly WantedPort[], command: string): Promise<string[]> {
  const lines: string[] = [];
  const spoken = new Set(wanted.map(({ port }) => port));
  for (const [index, { port, variable, what }] of wanted.entries()) {
    const twin = wanted.slice(0, index).find((other) => other.port === port);
    if (!twin && (await isPortFree(port))) continue;
    const why = twin ? `is asked for twice, by ${twin.variable} and ${variable}` : 'is taken by another program';
    const other = await nextFree(port, spoken);
    spoken.add(other);
    lines.push(`Port ${port} (${what}) ${why}. ${variable} changes it, for example: ${variable}=${other} ${command}`);
  }
  return lines;
}

/** The next port that is neither in use nor spoken for; 0 when there is none. */
async function nextFree(port: number, spoken: ReadonlySet<number>): Promise<number> {
  for (let other = port + 1; other < 65_536; other += 1)
    if (!spoken.has(other) && (await isPortFree(other))) return other;
  return 0;
}
