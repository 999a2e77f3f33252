import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type Joi from 'joi';

type Body = Readonly<Record<string, unknown>>;

/**
 * What a body must be. `isPlain` is true of most valid bodies and of valid ones only: those are not asked of Joi, which
 * takes longer for them than all other guards together (docs/adr/0014).
 */
export interface BodySchema<T> {
  readonly schema: Joi.ObjectSchema<T>;
  readonly isPlain?: (body: Body) => boolean;
}

/** All that is wrong with a body's fields, in one refusal. Joi's messages name fields, not values. */
export function validateBody<T>({ schema, isPlain }: BodySchema<T>, body: Body): Result<T> {
  if (isPlain?.(body)) return ok(body as T);
  // Joi loses this key on the way and cannot tell that it is unknown.
  if (Object.hasOwn(body, '__proto__') && schema.$_getFlag('unknown') !== true)
    return refused(refuse('invalid_request', '__proto__ is not allowed.'));
  const result = schema.validate(body, { abortEarly: false, errors: { wrap: { label: false } } });
  if (result.error)
    return refused(refuse('invalid_request', `${result.error.details.map(({ message }) => message).join('; ')}.`));
  return ok(result.value);
}

type Check = (value: unknown) => boolean;

/** True of a body that has all of `required`, may have `optional`, and has nothing else; each as its check wants it. */
export function hasOnly(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): (body: Body) => boolean {
  const checks = new Map(Object.entries({ ...optional, ...required }));
  const wanted = Object.keys(required);
  return (body) =>
    Object.keys(body).every((key) => checks.get(key)?.(body[key])) && wanted.every((key) => Object.hasOwn(body, key));
}

export const isText =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value !== '' && value.length <= most;
