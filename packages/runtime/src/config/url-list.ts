import Joi from 'joi';
import type { Setting } from './setting-types.js';

export type Urls = readonly [string, ...string[]];

/** One URL, or several separated by commas. Inside a URL, only its password may contain a comma. */
export const urls = (name: string, schemes: readonly string[]): Setting<Urls> => ({
  name,
  schema: urlList(schemes).required(),
  secret: true,
});

export const optionalUrls = (name: string, schemes: readonly string[]): Setting<Urls | undefined> => ({
  name,
  schema: urlList(schemes),
  secret: true,
});

function urlList(schemes: readonly string[]): Joi.Schema<Urls> {
  const one = Joi.string()
    .uri({ scheme: [...schemes] })
    .pattern(/^[^@]*@[^,]*$|^[^,@]*$/)
    .required();
  const between = new RegExp(`\\s*,\\s*(?=(?:${schemes.join('|')})://)`);
  return Joi.string().custom((text: string, helpers) => {
    const parts = text.split(between);
    return parts.some((part) => one.validate(part).error) ? helpers.error('any.invalid') : parts;
  }) as unknown as Joi.Schema<Urls>;
}
