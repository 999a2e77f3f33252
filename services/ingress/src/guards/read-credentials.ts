import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';

export interface Credentials {
  readonly clientId: string;
  readonly passcode: string;
}

/** Reads the credentials from the body (`client_id`, `passcode`) or from HTTP Basic (RFC 7617); both must agree. */
export function readCredentials(
  body: Readonly<Record<string, unknown>>,
  authorization: string | undefined,
): Result<Credentials> {
  const inBody = fromBody(body);
  const inHeader = authorization === undefined ? undefined : fromBasic(authorization);
  if (authorization !== undefined && !inHeader)
    return refused(refuse('credentials_missing', { message: 'The Authorization header is not HTTP Basic.' }));
  const given = inBody ?? inHeader;
  if (!given) return refused(refuse('credentials_missing'));
  if (inHeader && !agrees(body, inHeader)) {
    return refused(refuse('credentials_conflict'));
  }
  return ok(given);
}

/** Whether each credential that the body has equals the header's. */
const agrees = ({ client_id, passcode }: Readonly<Record<string, unknown>>, header: Credentials): boolean =>
  (client_id === undefined || client_id === header.clientId) &&
  (passcode === undefined || passcode === header.passcode);

function fromBody({ client_id, passcode }: Readonly<Record<string, unknown>>): Credentials | undefined {
  return typeof client_id === 'string' && typeof passcode === 'string' ? { clientId: client_id, passcode } : undefined;
}

function fromBasic(header: string): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const cut = text.indexOf(':');
  return cut < 0 ? undefined : { clientId: text.slice(0, cut), passcode: text.slice(cut + 1) };
}
