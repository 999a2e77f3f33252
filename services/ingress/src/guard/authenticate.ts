import { hash } from 'node:crypto';
import { DEMO } from '@ardor/domain/demo';
import { sameMac, type Keyring } from '@ardor/domain/keyring';
import { refuse } from '@ardor/domain/reasons';
import { ok, refused, type Result } from '@ardor/domain/result';
import { whenReady } from '@ardor/runtime/when-ready';
import type { ClientRecord } from '@ardor/store/find-client';
import { LRUCache } from 'lru-cache';
import type { Credentials } from './credentials.js';
import type { FindRecord } from './record-cache.js';

export interface AuthenticateDeps {
  /** Cached; see record-cache. */
  readonly findClient: FindRecord<ClientRecord>;
  readonly keyring: Keyring;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials) => Result<ClientRecord> | Promise<Result<ClientRecord>>;

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Pairs of client and passcode whose MAC was right, at most. */
const MAX_KNOWN = 10_000;

/**
 * Who is calling. An unknown client and a wrong passcode get the same answer after the same work, so that nobody can
 * find out which clients there are.
 */
export function createAuthenticate({ findClient, keyring, production }: AuthenticateDeps): Authenticate {
  // Under a digest, for as long as the very record is cached: a digest costs a third of the MAC, and tells nothing of a
  // passcode of 150 bits.
  const known = new LRUCache<string, ClientRecord>({ max: MAX_KNOWN });
  const isRight = ({ clientId, passcode }: Credentials, client: ClientRecord | undefined): client is ClientRecord => {
    const digest = hash('sha256', `${clientId}\0${passcode}`, 'base64');
    if (client && known.get(digest) === client) return true;
    const mac = keyring.passcodeMac(clientId, passcode);
    if (!client?.passcodeMacs.some((one) => sameMac(one, mac))) return false;
    known.set(digest, client);
    return true;
  };
  return (credentials) => {
    const { clientId, passcode } = credentials;
    if (production && passcode === DEMO.passcode) return refused(refuse('demo_credentials'));
    return whenReady(CLIENT_ID.test(clientId) ? findClient(clientId) : undefined, (client) => {
      if (!isRight(credentials, client)) return refused(refuse('invalid_passcode'));
      return client.disabled ? refused(refuse('client_disabled')) : ok(client);
    });
  };
}
