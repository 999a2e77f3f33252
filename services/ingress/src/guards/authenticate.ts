import { DEMO } from '@ardor/domain/message/demo';
import { macsEqual, type Keyring } from '@ardor/crypto/keyring';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import type { Credentials } from './credentials.js';
import type { FindRecord } from '@ardor/runtime/concurrency/record-cache';

export interface AuthenticateDeps {
  /** Cached; see record-cache. */
  readonly findClient: FindRecord<ClientRecord>;
  readonly keyring: Keyring;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials) => Result<ClientRecord> | Promise<Result<ClientRecord>>;

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Who is calling. An unknown client and a wrong passcode get the same answer after the same work, so that nobody can
 * find out which clients there are.
 */
export function createAuthenticate({ findClient, keyring, production }: AuthenticateDeps): Authenticate {
  // With the very record that is cached, and no longer: most requests come with the passcode of the one before.
  const known = new WeakMap<ClientRecord, string>();
  const isRight = ({ clientId, passcode }: Credentials, client: ClientRecord | undefined): client is ClientRecord => {
    const right = client && known.get(client);
    if (right !== undefined && sameText(right, passcode)) return true;
    const mac = keyring.passcodeMac(clientId, passcode);
    if (!client?.passcodeMacs.some((one) => macsEqual(one, mac))) return false;
    known.set(client, passcode);
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

/** Takes as long wherever the two differ. */
function sameText(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
