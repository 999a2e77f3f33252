import { readFileSync } from 'node:fs';
import Joi from 'joi';

/** One environment variable: its name, its rule, and whether it may come as `NAME_FILE` too. */
export interface Setting<T> {
  readonly name: string;
  readonly schema: Joi.Schema<T>;
  readonly secret: boolean;
  /** The name before a rename. It is read for one version more. */
  readonly formerName?: string;
}

type Env = Readonly<Record<string, string | undefined>>;
export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Config<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** All that is wrong with the environment, one line each; never shows a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const RULES: Joi.ValidationOptions = {
  errors: { wrap: { label: false } },
  // Joi's own sentence quotes the value.
  messages: { 'string.pattern.base': '{{#label}} fails to match the pattern {{#regex}}' },
};

/**
 * Reads the environment once into a frozen object. An empty variable counts as unset. Throws ConfigError with every mistake:
 * of each setting, and what `together` finds among those that are right by themselves; the others are undefined there.
 */
export function readConfig<S extends Settings>(
  settings: S,
  env: Env,
  together: (config: Partial<Config<S>>) => readonly string[] = () => [],
): Config<S> {
  const problems: string[] = [];
  const entries = Object.entries(settings).map(([key, setting]) => {
    const given = rawValue(setting, env, problems);
    const result = setting.schema.label(setting.name).validate(given, { ...RULES, context: env });
    if (result.error) problems.push(problemOf(setting, result.error));
    return [key, result.error ? undefined : result.value] as const;
  });
  const config = Object.freeze(Object.fromEntries(entries)) as Config<S>;
  problems.push(...together(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Joi's own sentence about a secret could quote it. */
const problemOf = ({ name, secret }: Setting<unknown>, { details, message }: Joi.ValidationError): string =>
  secret && details[0]?.type !== WEAK_KEY ? `${name} is missing or malformed` : message;

function rawValue(setting: Setting<unknown>, env: Env, problems: string[]): string | undefined {
  const former = setting.formerName === undefined ? undefined : env[setting.formerName];
  if (former && env[setting.name])
    problems.push(`${setting.name} and its former name ${setting.formerName} are both set`);
  const direct = env[setting.name] || former;
  const file = setting.secret ? env[`${setting.name}_FILE`] : undefined;
  if (!file) return direct === '' ? undefined : direct;
  if (direct) problems.push(`${setting.name} and ${setting.name}_FILE are both set`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // The message does not repeat the name of the file: someone may have put the secret itself there.
    problems.push(`${setting.name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

const plain = <T>(name: string, schema: Joi.Schema<T>): Setting<T> => ({ name, schema, secret: false });

/** A setting that had another name in the version before. */
export const renamed = <T>(formerName: string, setting: Setting<T>): Setting<T> => ({ ...setting, formerName });

export interface IntegerRule {
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
}

export const integer = (
  name: string,
  { default: fallback, min = 1, max = 1_000_000_000 }: IntegerRule,
): Setting<number> => plain(name, Joi.number().integer().min(min).max(max).default(fallback));

/** A positive integer, or `none`: no limit. */
export const limit = (name: string, fallback: number): Setting<number | 'none'> => plain(name, LIMIT.default(fallback));

/** The same, where the default is not a number of its own. */
export const optionalLimit = (name: string): Setting<number | 'none' | undefined> => plain(name, LIMIT);

const LIMIT = Joi.number<number | 'none'>()
  .integer()
  .min(1)
  .max(1_000_000_000)
  .allow('none')
  .messages({ 'number.base': '{{#label}} must be a positive integer or none' });

/** A share of a whole, 0..1. */
export const fraction = (name: string, fallback: number): Setting<number> =>
  plain(name, Joi.number().min(0).max(1).default(fallback));

export const port = (name: string, fallback: number): Setting<number> =>
  plain(name, Joi.number().port().default(fallback));

export const flag = (name: string, fallback: boolean): Setting<boolean> => plain(name, Joi.boolean().default(fallback));

export const text = (name: string, fallback: string, pattern?: RegExp): Setting<string> =>
  plain(name, (pattern ? Joi.string().pattern(pattern) : Joi.string()).default(fallback));

export const choice = <T extends string>(name: string, choices: readonly T[], fallback: T): Setting<T> =>
  plain(
    name,
    Joi.string<T>()
      .valid(...choices)
      .default(fallback),
  );

/** What NODE_ENV must say by name. Anything else, and nothing, is production. */
const NOT_PRODUCTION = Joi.valid('development', 'test').required();

/** Nothing, or one of `choices`: for tests alone, and refused in production. */
export const testChoice = <T extends string>(name: string, choices: readonly T[]): Setting<T | undefined> =>
  plain(
    name,
    Joi.string<T>()
      .valid(...choices)
      .when('$NODE_ENV', {
        is: NOT_PRODUCTION,
        otherwise: Joi.forbidden().messages({
          'any.unknown': '{{#label}} is for tests: production, which is the default of NODE_ENV, refuses it',
        }),
      }),
  );

export const url = (name: string, schemes: readonly string[], fallback?: string): Setting<string> => {
  const schema = Joi.string().uri({ scheme: [...schemes] });
  return { name, schema: fallback === undefined ? schema.required() : schema.default(fallback), secret: true };
};

/** A URL whose default fits one machine only: production must name it. */
export const deployedUrl = (name: string, schemes: readonly string[], fallback: string): Setting<string> => ({
  name,
  schema: Joi.string()
    .uri({ scheme: [...schemes] })
    .when('$NODE_ENV', { is: NOT_PRODUCTION, then: Joi.string().default(fallback), otherwise: Joi.required() }),
  secret: true,
});

export const optionalUrl = (name: string, schemes: readonly string[]): Setting<string | undefined> => ({
  name,
  schema: Joi.string().uri({ scheme: [...schemes] }),
  secret: true,
});

export const secret = (name: string, pattern: RegExp): Setting<string> => ({
  name,
  schema: Joi.string().pattern(pattern).required(),
  secret: true,
});

const WEAK_KEY = 'key.weak';
/** Of 32 random bytes, fewer are different once in 10^15 keys. */
const LEAST_DIFFERENT_BYTES = 16;

/** 32 random bytes in base64. Refused are keys that nobody drew: zeros, one byte repeated, a short text repeated. */
export const randomKey = (name: string): Setting<string> => ({
  name,
  schema: Joi.string()
    .pattern(/^[A-Za-z0-9+/]{43}=$/)
    .custom((key: string, { error }) =>
      new Set(Buffer.from(key, 'base64')).size < LEAST_DIFFERENT_BYTES ? error(WEAK_KEY) : key,
    )
    .messages({ [WEAK_KEY]: '{{#label}} is not random; make one with: openssl rand -base64 32' })
    .required(),
  secret: true,
});

export const optionalSecret = (name: string, minLength: number): Setting<string | undefined> => ({
  name,
  schema: Joi.string().min(minLength),
  secret: true,
});
