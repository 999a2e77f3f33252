/** What Ardor reads of the head of a plain request. */
export interface PlainHead {
  readonly path: string;
  /** Of the body that follows, in bytes. */
  readonly length: number;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
}

/** RFC 9112, 3: a request line with single spaces. */
const REQUEST_LINE = /^POST (\/[!-~]*) HTTP\/1\.1$/;
/** RFC 9110, 5: a token, a colon without a space before it, and nothing that is no visible ASCII. */
const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*$/;
const LENGTH = /^\d{1,9}$/;

/**
 * Reads a head (without its empty line) that leaves nothing to interpret: a POST of HTTP/1.1 with one Host, one told length and no
 * coding, on a connection that goes on. Undefined of any other, valid or not: that is for a whole implementation of HTTP to
 * judge, so that where a request ends is never a matter of two opinions.
 */
export function readPlainHead(text: string): PlainHead | undefined {
  const lines = text.split('\r\n');
  const path = REQUEST_LINE.exec(lines[0] ?? '')?.[1];
  if (path === undefined) return undefined;
  let host: string | undefined;
  let length: string | undefined;
  let contentType: string | undefined;
  let authorization: string | undefined;
  let requestId: string | undefined;
  for (let n = 1; n < lines.length; n++) {
    const line = lines[n] ?? '';
    if (!HEADER_LINE.test(line)) return undefined;
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'host':
        if (host !== undefined) return undefined;
        host = value;
        break;
      case 'content-length':
        if (length !== undefined || !LENGTH.test(value)) return undefined;
        length = value;
        break;
      case 'content-type':
        if (contentType !== undefined) return undefined;
        contentType = value;
        break;
      case 'authorization':
        if (authorization !== undefined) return undefined;
        authorization = value;
        break;
      case 'x-request-id':
        if (requestId !== undefined) return undefined;
        requestId = value;
        break;
      case 'connection':
        if (value.toLowerCase() !== 'keep-alive') return undefined;
        break;
      case 'transfer-encoding':
      case 'content-encoding':
      case 'expect':
      case 'upgrade':
        return undefined;
    }
  }
  if (host === undefined || length === undefined) return undefined;
  return { path, length: Number(length), contentType, authorization, requestId };
}
