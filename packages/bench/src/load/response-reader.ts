/** Gets the status of a response, and its body on demand. Status 0 and no body: the connection broke. */
export type OnResponse = (status: number, body: () => string) => void;

const HEAD_END = Buffer.from('\r\n\r\n');
/** The position of the three digits in `HTTP/1.1 200`. */
const STATUS_AT = 9;

/** Reads responses of HTTP/1.1 from the chunks of a socket. Throws when one has no Content-Length. */
export function createResponseReader(onResponse: OnResponse): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = bytes.toString('latin1', 0, headEnd);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error('a response without Content-Length');
      const bodyAt = headEnd + HEAD_END.length;
      const end = bodyAt + Number(length);
      if (bytes.length < end) break;
      const whole = bytes;
      bytes = bytes.subarray(end);
      onResponse(Number(head.slice(STATUS_AT, STATUS_AT + 3)), () => whole.toString('utf8', bodyAt, end));
    }
    rest = bytes.length > 0 ? bytes : undefined;
  };
}
