import Joi from 'joi';
import type { Setting } from './setting-types.js';

/** No, one or several addresses and networks (10.0.0.0/8), separated by commas. */
export const networks = (name: string): Setting<readonly string[]> => {
  const one = Joi.string().ip({ version: ['ipv4', 'ipv6'], cidr: 'optional' });
  const schema = Joi.string()
    .custom((text: string, helpers) => {
      const parts = text.split(',').map((part) => part.trim());
      return parts.some((part) => one.required().validate(part).error) ? helpers.error('any.invalid') : parts;
    })
    .default([]) as unknown as Joi.Schema<readonly string[]>;
  return { name, schema, secret: false };
};
