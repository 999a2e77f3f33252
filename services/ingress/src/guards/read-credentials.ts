import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';

export interface Credentials {
  readonly clientId: string;
  readonly passcode: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The credentials of an Authorization header, which must be HTTP Basic (RFC 7617). */
export function readBasicCredentials(authorization: string): Result<Credentials> {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const cut = text.indexOf(':');
  return cut < 0
    ? refused(refuse('credentials_missing', { message: 'The Authorization header is not HTTP Basic.' }))
    : ok({ clientId: text.slice(0, cut), passcode: text.slice(cut + 1) });
}

/**
 * The credentials of a body: `client_id` and `passcode`. Where the header had credentials, the body may have none, one or both of them, and
 * they must be the same.
 */
export function readBodyCredentials({ client_id, passcode }: JsonObject, header?: Credentials): Result<Credentials> {
  if (header) {
    const agrees =
      (client_id === undefined || client_id === header.clientId) &&
      (passcode === undefined || passcode === header.passcode);
    return agrees ? ok(header) : refused(refuse('credentials_conflict'));
  }
  return typeof client_id === 'string' && typeof passcode === 'string'
    ? ok({ clientId: client_id, passcode })
    : refused(refuse('credentials_missing'));
}
