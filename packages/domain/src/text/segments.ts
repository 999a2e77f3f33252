/**
 * The number of SMS segments of a text, and their alphabet.
 * Source: 3GPP TS 23.038 §6.2.1 (GSM 7-bit default alphabet and its extension table), TS 23.040 §9.2.3.24.1
 * (concatenation with an 8-bit reference: 6 octets of user data header, so 153 septets or 67 UTF-16 units a part).
 */
export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Parts that the carrier bills; 1 for an empty text. */
  readonly count: number;
}

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('\f^{}\\[~]|€');

const ONE_PART: Segments = { encoding: 'GSM-7', count: 1 };
/** ASCII without the grave accent. Each of these characters is one or two septets of GSM-7. */
const ASCII = /^[ -_a-~\n\r]*$/;

export function countSegments(text: string): Segments {
  // Nearly every text is one part of ASCII. This check avoids a table look-up for each character.
  if (text.length <= 160 && ASCII.test(text) && asciiSeptets(text) <= 160) return ONE_PART;
  const septets = sizes(text, (char) => (BASIC.has(char) ? 1 : EXTENDED.has(char) ? 2 : undefined));
  if (septets) return { encoding: 'GSM-7', count: parts(septets, 160, 153) };
  const units = sizes(text, (char) => char.length) ?? [];
  return { encoding: 'UCS-2', count: parts(units, 70, 67) };
}

/** ASCII characters of the extension table, two septets each: `[ \ ] ^` and `{ | } ~`. */
const EXTENDED_ASCII = /[[-^{-~]/;

function asciiSeptets(text: string): number {
  let septets = text.length;
  // Most texts have none. One search is faster than a loop over all characters.
  const first = text.search(EXTENDED_ASCII);
  for (let at = first < 0 ? text.length : first; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x5b && code <= 0x5e) || code >= 0x7b) septets++;
  }
  return septets;
}

/** Returns the size of each character, or undefined when the alphabet lacks one. */
function sizes(text: string, sizeOf: (char: string) => number | undefined): number[] | undefined {
  const all: number[] = [];
  for (const char of text) {
    const size = sizeOf(char);
    if (size === undefined) return undefined;
    all.push(size);
  }
  return all;
}

/** A character of two units (escape sequence, surrogate pair) is never split. It moves to the next part as a whole. */
function parts(all: readonly number[], single: number, each: number): number {
  const total = all.reduce((sum, size) => sum + size, 0);
  if (total <= single) return 1;
  let count = 1;
  let used = 0;
  for (const size of all) {
    if (used + size > each) {
      count++;
      used = 0;
    }
    used += size;
  }
  return count;
}
