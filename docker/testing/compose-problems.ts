import { type Setting } from '../../packages/runtime/src/config.js';
import { parseCompose, type Service } from './compose-file.js';
import { requiredNames } from './interpolate.js';

export interface Expectations {
  /** What each program of ours reads; a service without an entry here takes no environment from us. */
  readonly settings: Readonly<Record<string, readonly Setting<unknown>[]>>;
  /** Services that do one thing and end. */
  readonly commands: readonly string[];
  readonly targets: readonly string[];
  /** Secrets of the stores, beside those of our settings. */
  readonly storeSecrets: readonly string[];
}

type Check = (
  name: string,
  service: Service,
  expected: Expectations,
  all: Readonly<Record<string, Service>>,
) => string[];

/** What is wrong with a compose file, one line each. */
export function composeProblems(text: string, expected: Expectations): string[] {
  const { services, volumes } = parseCompose(text);
  const checks: Check[] = [health, hardening, origin, publishing, environment, secrets, order, shutdown];
  const problems = Object.entries(services).flatMap(([name, service]) =>
    checks.flatMap((check) => check(name, service, expected, services).map((problem) => `${name} ${problem}`)),
  );
  const mounted = Object.values(services).flatMap((service) => service.volumes ?? []);
  const kept = mounted.map((volume) => volume.split(':', 1)[0] ?? '');
  return [...problems, ...kept.filter((name) => !(name in volumes)).map((name) => `${name} is no named volume`)];
}

const health: Check = (name, { healthcheck, restart }, { commands }) => {
  if (commands.includes(name)) return restart === 'no' ? [] : ['would run again and again'];
  return [
    ...(healthcheck?.test.length ? [] : ['has no health check']),
    ...(restart === 'unless-stopped' ? [] : ['stays down']),
  ];
};

const hardening: Check = (name, service, { commands }) => [
  ...(service.read_only ? [] : ['can write to its image']),
  ...(service.cap_drop?.includes('ALL') ? [] : ['keeps capabilities']),
  ...(service.security_opt?.includes('no-new-privileges:true') ? [] : ['can gain privileges']),
  ...(service.image && !service.user ? ['starts as root'] : []),
  ...(commands.includes(name) && !service.init ? ['cannot be stopped: it is process 1 and handles no signals'] : []),
];

const origin: Check = (_, { image, build }, { targets }) => {
  if (image) return /:\d+(\.\d+)+-[a-z]+$/.test(image) ? [] : [`comes from ${image}, which is no exact version`];
  return build && targets.includes(build.target) ? [] : [`builds ${build?.target ?? 'nothing'}, which is no target`];
};

const publishing: Check = (_, { ports = [] }) =>
  ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `is open to the network on ${port}`);

const environment: Check = (name, service, { settings }) => {
  const known = settings[name];
  if (!known) return [];
  const given = Object.keys(service.environment ?? {});
  const readable = known.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  const needed = known.filter(({ schema }) => schema.validate(undefined).error).map(({ name }) => name);
  return [
    ...given.filter((variable) => !readable.includes(variable)).map((variable) => `does not read ${variable}`),
    ...needed
      .filter((variable) => !given.includes(variable) && !given.includes(`${variable}_FILE`))
      .map((v) => `needs ${v}`),
  ];
};

/** A secret that has a default or a value here is known to everyone. */
const secrets: Check = (_, service, { storeSecrets }) =>
  Object.entries(service.environment ?? {})
    .filter(([variable]) => storeSecrets.includes(variable) || /KEY|PASSWORD/.test(variable))
    .filter(([variable, value]) => !requiredNames(String(value)).includes(variable))
    .map(([variable]) => `does not ask for ${variable}`);

const order: Check = (_, { depends_on = {} }, { commands }, all) =>
  Object.entries(depends_on).flatMap(([other, { condition }]) => {
    const wanted = commands.includes(other) ? 'service_completed_successfully' : 'service_healthy';
    return [
      ...(other in all ? [] : [`waits for ${other}, which is not there`]),
      ...(condition === wanted ? [] : [`waits for ${other} until ${condition} instead of ${wanted}`]),
    ];
  });

const shutdown: Check = (name, service, { settings }) => {
  const setting = settings[name]?.find((one) => one.name === 'SHUTDOWN_SECONDS');
  if (!setting) return [];
  const seconds = Number(setting.schema.validate(service.environment?.['SHUTDOWN_SECONDS']).value);
  const grace = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '10s')?.[1]);
  return grace > seconds ? [] : [`is killed after ${grace} s and may take ${seconds} s to stop`];
};
