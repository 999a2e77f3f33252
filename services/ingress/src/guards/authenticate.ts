import { DEMO } from '@ardor/domain/message/demo';
import { macsEqual, type Keyring } from '@ardor/crypto/keyring';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import type { Credentials } from './read-credentials.js';
import type { FindRecord } from '@ardor/runtime/concurrency/record-cache';

export interface AuthenticateDeps {
  /** Cached; see record-cache. */
  readonly findClient: FindRecord<ClientRecord>;
  readonly keyring: Keyring;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials) => Promise<Result<ClientRecord>>;

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Finds out who is calling. An unknown client and a wrong passcode get the same refusal, so that client ids cannot be guessed. */
export function createAuthenticate({ findClient, keyring, production }: AuthenticateDeps): Authenticate {
  // The passcode that was last accepted for a cached record. Most requests repeat it, and then no MAC is computed.
  const lastGoodPasscode = new WeakMap<ClientRecord, string>();
  const hasValidPasscode = (
    { clientId, passcode }: Credentials,
    client: ClientRecord | undefined,
  ): client is ClientRecord => {
    const expected = client && lastGoodPasscode.get(client);
    if (expected !== undefined && sameText(expected, passcode)) return true;
    const mac = keyring.passcodeMac(clientId, passcode);
    if (!client?.passcodeMacs.some((one) => macsEqual(one, mac))) return false;
    lastGoodPasscode.set(client, passcode);
    return true;
  };
  return async (credentials) => {
    const { clientId, passcode } = credentials;
    if (production && passcode === DEMO.passcode) return refused(refuse('demo_credentials'));
    const client = CLIENT_ID.test(clientId) ? await findClient(clientId) : undefined;
    if (!hasValidPasscode(credentials, client)) return refused(refuse('invalid_passcode'));
    return client.disabled ? refused(refuse('client_disabled')) : ok(client);
  };
}

/** Compares in the same time wherever the two differ. */
function sameText(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
