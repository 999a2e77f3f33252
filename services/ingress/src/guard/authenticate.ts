import { DEMO } from '@ardor/domain/demo';
import { sameMac, type Keyring } from '@ardor/domain/keyring';
import { refuse } from '@ardor/domain/reasons';
import { ok, refused, type Result } from '@ardor/domain/result';
import type { ClientRecord } from '@ardor/store/find-client';
import type { Credentials } from './credentials.js';
import type { FindRecord } from './record-cache.js';

export interface AuthenticateDeps {
  /** Cached; see record-cache. */
  readonly findClient: FindRecord<ClientRecord>;
  readonly keyring: Keyring;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials) => Promise<Result<ClientRecord>>;

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Who is calling. An unknown client and a wrong passcode get the same answer after the same work, so that nobody can
 * find out which clients there are.
 */
export function createAuthenticate({ findClient, keyring, production }: AuthenticateDeps): Authenticate {
  return async ({ clientId, passcode }) => {
    if (production && passcode === DEMO.passcode) return refused(refuse('demo_credentials'));
    const client = CLIENT_ID.test(clientId) ? await findClient(clientId) : undefined;
    const mac = keyring.passcodeMac(clientId, passcode);
    if (!client?.passcodeMacs.some((known) => sameMac(known, mac))) return refused(refuse('invalid_passcode'));
    return client.disabled ? refused(refuse('client_disabled')) : ok(client);
  };
}
