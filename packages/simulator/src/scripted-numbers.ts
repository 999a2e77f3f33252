/** What becomes of a message, decided by its number alone. */
export interface Script {
  /** In words, for the page. */
  readonly does: string;
  readonly message: 'taken' | 'rejected' | 'throttled-once';
  /** `none`: the message stays `taken` for good, and nobody is told how it ended. */
  readonly receipt: 'once' | 'twice' | 'before-the-answer' | 'none';
  readonly ends: 'delivered' | 'undelivered';
  /** What it does to the whole call it came in. */
  readonly call: 'answers' | 'answers-late' | 'never-answers' | 'fails';
}

const ORDINARY: Script = {
  does: 'delivered',
  message: 'taken',
  receipt: 'once',
  ends: 'delivered',
  call: 'answers',
};

/** The digit after +86 17000 is the index. */
export const SCRIPTS: readonly Script[] = [
  ORDINARY,
  { ...ORDINARY, does: 'rejected', message: 'rejected' },
  { ...ORDINARY, does: 'taken, then not delivered', ends: 'undelivered' },
  { ...ORDINARY, does: 'a slow answer (3 s), delivered', call: 'answers-late' },
  { ...ORDINARY, does: 'throttled at first, then delivered', message: 'throttled-once' },
  { ...ORDINARY, does: 'taken and delivered, but the answer never comes', call: 'never-answers' },
  { ...ORDINARY, does: 'the receipt comes before the answer', receipt: 'before-the-answer' },
  { ...ORDINARY, does: 'the receipt comes twice', receipt: 'twice' },
  { ...ORDINARY, does: 'taken, and no receipt ever', receipt: 'none' },
  { ...ORDINARY, does: 'taken and delivered, but the answer is HTTP 500', call: 'fails' },
];

export const SCRIPTED_PREFIX = '+8617000';
const SCRIPTED_LENGTH = SCRIPTED_PREFIX.length + 1 + 5;

export function scriptOf(to: string): Script {
  if (to.length !== SCRIPTED_LENGTH || !to.startsWith(SCRIPTED_PREFIX)) return ORDINARY;
  return SCRIPTS[Number(to[SCRIPTED_PREFIX.length])] ?? ORDINARY;
}

const BY_SEVERITY = ['answers', 'answers-late', 'fails', 'never-answers'] as const;

/** Of two scripts in one call the graver has its way: silence over failure over lateness. */
export function graver(a: Script['call'], b: Script['call']): Script['call'] {
  return BY_SEVERITY.indexOf(a) >= BY_SEVERITY.indexOf(b) ? a : b;
}
