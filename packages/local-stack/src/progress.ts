/** Prints what is being done, each line with the seconds since the start. */
export type Print = (line: string) => void;

export function createProgress(write: (text: string) => void, now: () => number = () => performance.now()): Print {
  const start = now();
  return (line) => write(`[${((now() - start) / 1000).toFixed(1).padStart(5)} s] ${line}\n`);
}
