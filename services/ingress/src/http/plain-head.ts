/** What Ardor reads of the head of a plain request. */
export interface PlainHead {
  readonly path: string;
  /** Of the body that follows, in bytes. */
  readonly length: number;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
  /** The client wants no more of this connection. */
  readonly last: boolean;
}

/** RFC 9112, 3: a request line with single spaces. */
const REQUEST_LINE = /^POST (\/[!-~]*) HTTP\/1\.([01])$/;
/** RFC 9110, 5: a token, a colon without a space before it, and nothing that is no visible ASCII. */
const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*$/;
const LENGTH = /^\d{1,9}$/;
/** Far more than any client sends; node:http ignores those after its 2,000th. */
const MOST_HEADERS = 100;

type Wanted = 'host' | 'content-length' | 'connection' | 'content-type' | 'authorization' | 'x-request-id';

/** What says that there is something to interpret. `proxy-connection` is no standard's; node:http takes it for Connection. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'content-encoding',
  'expect',
  'upgrade',
  'proxy-connection',
]);

/**
 * Reads a head (without its empty line) that leaves nothing to interpret: a POST with one Host, one told length and no coding.
 * Undefined of any other, valid or not: that is for a whole implementation of HTTP to judge, so that where a request ends is
 * never a matter of two opinions.
 */
export function readPlainHead(text: string): PlainHead | undefined {
  const lines = text.split('\r\n');
  const [, path, minor] = REQUEST_LINE.exec(lines[0] ?? '') ?? [];
  const headers = path === undefined || lines.length > 1 + MOST_HEADERS ? undefined : readHeaders(lines);
  const length = headers?.['content-length'];
  if (path === undefined || headers?.host === undefined || length === undefined || !LENGTH.test(length))
    return undefined;
  // HTTP/1.0 closes unless asked not to, HTTP/1.1 only when asked to (RFC 9112, 9.3).
  const connection = headers.connection?.toLowerCase() ?? (minor === '0' ? 'close' : 'keep-alive');
  if (connection !== 'close' && (connection !== 'keep-alive' || minor === '0')) return undefined;
  return {
    path,
    length: Number(length),
    contentType: headers['content-type'],
    authorization: headers.authorization,
    requestId: headers['x-request-id'],
    last: connection === 'close',
  };
}

/** The headers that Ardor reads, each of which may stand there once. */
function readHeaders(lines: readonly string[]): Record<Wanted, string | undefined> | undefined {
  const headers: Record<string, string | undefined> & Record<Wanted, string | undefined> = {
    host: undefined,
    'content-length': undefined,
    connection: undefined,
    'content-type': undefined,
    authorization: undefined,
    'x-request-id': undefined,
  };
  for (let n = 1; n < lines.length; n++) {
    const line = lines[n] ?? '';
    if (!HEADER_LINE.test(line)) return undefined;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (NOT_PLAIN.has(name)) return undefined;
    if (!Object.hasOwn(headers, name)) continue;
    if (headers[name] !== undefined) return undefined;
    headers[name] = line.slice(colon + 1).trim();
  }
  return headers;
}
