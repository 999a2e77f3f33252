/** One answer of HTTP/1.1 with a Content-Length. */
export interface Answer {
  readonly status: number;
  readonly body: () => string;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** Where the three digits of `HTTP/1.1 200` are. */
const STATUS_AT = 9;

/** Takes what a socket brings and tells of each whole answer. Throws when an answer does not say how long it is. */
export function createAnswerReader(onAnswer: (answer: Answer) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = bytes.toString('latin1', 0, headEnd);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error('an answer without Content-Length');
      const bodyAt = headEnd + HEAD_END.length;
      const end = bodyAt + Number(length);
      if (bytes.length < end) break;
      const whole = bytes;
      bytes = bytes.subarray(end);
      onAnswer({
        status: Number(head.slice(STATUS_AT, STATUS_AT + 3)),
        body: () => whole.toString('utf8', bodyAt, end),
      });
    }
    rest = bytes.length > 0 ? bytes : undefined;
  };
}
