import { randomBytes } from 'node:crypto';

/** Crockford's base32. It omits letters that look like digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 6;
const GROUP_LENGTH = 5;

/** Generates a passcode of 150 random bits: `ARDOR-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`. */
export function generatePasscode(): string {
  const letters = Array.from(randomBytes(GROUPS * GROUP_LENGTH), (byte) => ALPHABET.charAt(byte & 31));
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  );
  return ['ARDOR', ...groups].join('-');
}
