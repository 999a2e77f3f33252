import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { longFaults } from './long-faults.js';
import { broken, report } from './report.js';
import { run } from './run.js';

// Half of the kills happen at a carrier that takes a reference as often as it comes, half at one that takes it once.
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
    json: { type: 'string' },
    rate: { type: 'string', default: '80' },
    // Every so many steps a long fault; with 1 there are no others.
    'long-every': { type: 'string', default: '8' },
    // A built checkout of another version, whose ingress runs beside for a while.
    previous: { type: 'string' },
  },
});

const startedAt = Date.now();
const progress = (line: string): void =>
  void process.stdout.write(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s] ${line}\n`);
const half = {
  kills: Math.ceil(number('kills') / 2),
  seed: number('seed'),
  minutes: number('minutes') / 2,
  sendsPerSecond: number('rate'),
  longEvery: number('long-every'),
  longFaults: longFaults(values.previous),
};

// One after the other: together they would compete for the processor, and spoil the latencies.
const plain = await run({ ...half, deduplicates: false, progress: (line) => progress(`plain: ${line}`) });
const deduplicating = await run({
  ...half,
  seed: half.seed + 1,
  deduplicates: true,
  progress: (line) => progress(`deduplicating: ${line}`),
});
const result = report(plain, deduplicating);
const text = JSON.stringify(result, null, 2);
process.stdout.write(
  `${JSON.stringify({ plain: plain.answers, deduplicating: deduplicating.answers }, null, 2)}\n${text}\n`,
);
if (values.json) writeFileSync(values.json, `${text}\n`);
const problems = broken(result);
process.stdout.write(problems.length > 0 ? `BROKEN: ${problems.join(', ')}\n` : 'every promise was kept\n');
process.exit(problems.length > 0 ? 1 : 0);

function number(name: 'kills' | 'seed' | 'minutes' | 'rate' | 'long-every'): number {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`--${name} takes a number above 0\n`);
  process.exit(2);
}
