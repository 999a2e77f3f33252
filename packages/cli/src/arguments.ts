import { isRegion } from '@ardor/domain/phone/normalize-phone';
import { InvalidArgumentError } from 'commander';

const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Parses an id of a client or a template by the rule of the API. */
export function parseId(text: string): string {
  if (!ID.test(text)) throw new InvalidArgumentError('1..64 letters, digits, dots, underscores or hyphens.');
  return text;
}

export function parseRegion(text: string): string {
  if (!isRegion(text)) throw new InvalidArgumentError('A two-letter country code in capitals, such as CN.');
  return text;
}

export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 604_800)
    throw new InvalidArgumentError('Whole seconds, 1..604800.');
  return seconds;
}
