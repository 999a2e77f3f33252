import { readOptions } from './read-options.js';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from './start.js';

const options = readOptions(process.argv.slice(2));
const simulator = await startOrExit(options);
console.log(`simulator: the carrier is at ${simulator.url} (inbox: ${simulator.url}/)`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1); // the second signal does not wait
    stopping = true;
    void simulator.close().then(() => process.exit(0));
  });
}

async function startOrExit(options: SimulatorOptions): Promise<RunningSimulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    console.error(`simulator: ${reasonOf(error, options)}`);
    process.exit(1);
  }
}

function reasonOf(error: unknown, { port, host = '' }: SimulatorOptions): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken; give another one with --port`;
  if (code === 'EACCES') return `port ${port} needs rights this user does not have; give one above 1023 with --port`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine; see --host`;
  return `it did not start: ${String(error)}`;
}
