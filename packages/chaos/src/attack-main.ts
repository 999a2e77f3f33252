import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Attack, Target } from './attack.js';
import { startHonestClients, type Honest } from './honest-clients.js';

// Runs one attack against a stack that is already running: pnpm attack brotli-bomb --api http://127.0.0.1:8080
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    api: { type: 'string', default: 'http://127.0.0.1:8080' },
    ops: { type: 'string', default: 'http://127.0.0.1:9090' },
    seconds: { type: 'string', default: '15' },
    option: { type: 'string', multiple: true, default: [] },
  },
});
/** Honest clients alone, before the attack: what the machine gives without it. */
const QUIET_SECONDS = 5;

const names = readdirSync(new URL('attacks/', import.meta.url)).flatMap(
  (file) => /^([\w-]+)\.js$/.exec(file)?.[1] ?? [],
);
const name = positionals[0] ?? '';
if (!names.includes(name)) {
  for (const one of names) process.stdout.write(`${one}: ${(await load(one)).summary}\n`);
  process.exit(name === '' ? 0 : 2);
}
const options = new Map(
  values.option.map((one): [string, string] => [one.split('=', 1)[0] ?? '', one.slice(one.indexOf('=') + 1)]),
);
const target: Target = {
  api: values.api,
  ops: values.ops,
  seconds: Number(values.seconds),
  option: (option, byDefault) => options.get(option) ?? byDefault,
};

const quiet = startHonestClients(target);
await setTimeout(QUIET_SECONDS * 1000);
print('without the attack', await quiet.stop());
const honest = startHonestClients(target);
const attack = await load(name);
const seen = await attack.run(target);
print(`beside ${name}`, await honest.stop());
for (const line of seen) process.stdout.write(`  attack: ${line}\n`);

async function load(one: string): Promise<Attack> {
  return ((await import(`./attacks/${one}.js`)) as { attack: Attack }).attack;
}

function print(title: string, { latencies, outcomes, longestSilenceMs, maxMemoryMiB }: Honest): void {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
  const failed = [...outcomes].reduce((sum, [outcome, count]) => sum + (/ 200$/.test(outcome) ? 0 : count), 0);
  process.stdout.write(
    `${title}: ${sorted.length} honest requests, ${((100 * failed) / Math.max(1, sorted.length)).toFixed(1)} % failed, ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms; ` +
      `/healthz silent for ${longestSilenceMs.toFixed(0)} ms at most; memory ${maxMemoryMiB} MiB at most\n`,
  );
  for (const [outcome, count] of outcomes) process.stdout.write(`  ${outcome}: ${count}\n`);
}
