import { scriptedNumber } from '@ardor/testkit/api';

/** Scripts of the simulator that end in `delivered`, whatever goes wrong before. */
const SCRIPTS = [0, 0, 0, 0, 4, 5, 6, 7, 9];
/** A quarter of the sends goes to so many numbers, again and again. */
const HOT_NUMBERS = 200;
/** A twentieth goes to the number of one of the latest sends. It must be refused, whatever was lost meanwhile. */
const REPEATED_AMONG = 100;

/** Returns a function that gives the number of the next send. Numbers that are not hot or repeated are new. */
export function createNumbers(random: () => number, acknowledged: readonly { phone: string }[]): () => string {
  let count = 0;
  return () => {
    if (random() < 0.25) return `+86139${String(10_000_000 + Math.floor(random() * HOT_NUMBERS))}`;
    const repeated = random() < 0.05 && acknowledged.at(-1 - Math.floor(random() * REPEATED_AMONG))?.phone;
    if (repeated) return repeated;
    const position = count % SCRIPTS.length;
    const round = Math.floor(count++ / SCRIPTS.length);
    // Scripts that occur several times need numbers apart from each other.
    return scriptedNumber(SCRIPTS[position] ?? 0, round + position * 10_000);
  };
}
