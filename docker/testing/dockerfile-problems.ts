import { validate } from 'dockerfile-utils';
import { type Instruction } from 'dockerfile-ast';
import { execForm, inherited, last, parseStages, type Stage, words } from './stages.js';

export interface Expectations {
  /** Each long-running target with the ports it listens on by default. */
  readonly services: Readonly<Record<string, readonly number[]>>;
  /** Targets that do one thing and end. */
  readonly commands: readonly string[];
  /** Variables that hold a secret. */
  readonly secrets: readonly string[];
  readonly pnpm: string;
}

const EXACT_TAG = /^[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.]+)*(@sha256:[0-9a-f]{64})?$/;
const SECRET_WORD = /PASS|SECRET|TOKEN|KEY|CREDENTIAL/i;

/** What is wrong with a Dockerfile, one line each. */
export function dockerfileProblems(text: string, expected: Expectations): string[] {
  const stages = parseStages(text);
  const all = stages.flatMap((stage) => stage.instructions);
  const targets = [...Object.keys(expected.services), ...expected.commands];
  return [
    ...validate(text).map(
      ({ range, message }) => `line ${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
    ),
    ...stages.flatMap((stage) => unpinned(stage, stages)),
    ...all.flatMap((one) => secretsIn(one, expected.secrets)),
    ...all.filter((one) => one.getKeyword() === 'ADD').map(() => 'ADD fetches and unpacks on its own: COPY is plain'),
    ...all.flatMap((one) => installs(one, expected.pnpm)),
    ...targets.flatMap((target) => targetProblems(target, stages)),
    ...Object.entries(expected.services).flatMap(([target, ports]) => serviceProblems(target, ports, stages)),
    ...expected.commands.flatMap((target) => commandProblems(target, stages)),
  ];
}

const unpinned = ({ from }: Stage, stages: readonly Stage[]): string[] =>
  stages.some(({ name }) => name === from) || EXACT_TAG.test(from) ? [] : [`${from} names no exact version`];

function secretsIn(instruction: Instruction, secrets: readonly string[]): string[] {
  if (!['ARG', 'ENV'].includes(instruction.getKeyword())) return [];
  const names = words(instruction).map((word) => word.split('=', 1)[0] ?? '');
  return names
    .filter((name) => SECRET_WORD.test(name) || secrets.includes(name.replace(/_FILE$/, '')))
    .map((name) => `${instruction.getKeyword()} ${name} would leave a secret in the image's history`);
}

function installs(instruction: Instruction, pnpm: string): string[] {
  if (instruction.getKeyword() !== 'RUN') return [];
  return (instruction.getArgumentsContent() ?? '')
    .split('&&')
    .flatMap((command) => [
      ...(/\bpnpm install\b/.test(command) && !command.includes('--frozen-lockfile')
        ? ['pnpm install may change versions']
        : []),
      ...(/\bpnpm\b.*\bdeploy\b/.test(command) && !command.includes('--prod')
        ? ['deploy takes the development packages along']
        : []),
      ...(command.includes('pnpm@') && !command.includes(pnpm) ? [`the workspace is built with ${pnpm}`] : []),
    ]);
}

function targetProblems(target: string, stages: readonly Stage[]): string[] {
  if (!stages.some(({ name }) => name === target)) return [`there is no target ${target}`];
  const instructions = inherited(stages, target);
  const [user = 'root'] = wordsOf(last(instructions, 'USER'));
  const command = [execForm(last(instructions, 'ENTRYPOINT')), execForm(last(instructions, 'CMD'))];
  const sets = (variable: string): boolean =>
    instructions.some((one) => one.getKeyword() === 'ENV' && words(one).includes(variable));
  return [
    ...(/^[1-9]\d*(:[1-9]\d*)?$/.test(user) ? [] : [`${target} runs as ${user}: name a number that is not 0`]),
    ...(command.includes(undefined) ? [`${target} starts in shell form`] : []),
    ...(command.flat()[0] === 'node' ? [] : [`${target} does not start node itself`]),
    ...(sets('NODE_ENV=production') ? [] : [`${target} is not built for production`]),
  ];
}

const wordsOf = (instruction: Instruction | undefined): string[] => (instruction ? words(instruction) : []);

function serviceProblems(target: string, ports: readonly number[], stages: readonly Stage[]): string[] {
  const instructions = inherited(stages, target);
  const check = last(instructions, 'HEALTHCHECK')?.getArgumentsContent() ?? '';
  const exposed = wordsOf(last(instructions, 'EXPOSE'));
  return [
    ...(/\bCMD\s+\["node",\s*"-e",/.test(check) ? [] : [`${target} has no health check that needs nothing but node`]),
    ...(ports.some((port) => check.includes(String(port))) ? [] : [`the health check of ${target} asks another port`]),
    ...ports.filter((port) => !exposed.includes(String(port))).map((port) => `${target} does not expose ${port}`),
  ];
}

const commandProblems = (target: string, stages: readonly Stage[]): string[] =>
  last(inherited(stages, target), 'HEALTHCHECK')?.getArgumentsContent() === 'NONE'
    ? []
    : [`${target} ends on its own: HEALTHCHECK NONE says so`];
