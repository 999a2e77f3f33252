import { DEMO } from '@ardor/domain/message/demo';
import type { Keyring } from '@ardor/crypto/keyring';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { ClientDirectory } from '@ardor/store/clients/client-directory';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type { Credentials } from './read-credentials.js';

export interface AuthenticateDeps {
  readonly clients: Pick<ClientDirectory, 'findByPasscodeMac' | 'waitUntilFresh' | 'version'>;
  readonly keyring: Pick<Keyring, 'passcodeMac'>;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials) => Promise<Result<ClientRecord>>;

/**
 * Finds out who is calling. An unknown client and a wrong passcode get the same refusal after the same work: one MAC, and one
 * look-up of it among the MACs of all clients. So neither the response nor its time tells which client ids exist, or how
 * many passcodes a client has.
 */
export function createAuthenticate({ clients, keyring, production }: AuthenticateDeps): Authenticate {
  const findClient = createFindByCredentials(clients, keyring);
  return async (credentials) => {
    if (production && credentials.passcode === DEMO.passcode) return refused(refuse('demo_credentials'));
    const fresh = clients.waitUntilFresh();
    if (fresh) await fresh;
    const client = findClient(credentials);
    if (!client) return refused(refuse('invalid_passcode'));
    return client.disabled ? refused(refuse('client_disabled')) : ok(client);
  };
}

/** Keeps the credentials that were right. Most requests repeat them, and then no MAC is computed. */
function createFindByCredentials(
  clients: AuthenticateDeps['clients'],
  keyring: AuthenticateDeps['keyring'],
): (credentials: Credentials) => ClientRecord | undefined {
  // At most one entry for each valid passcode.
  const right = new Map<string, ClientRecord>();
  let { version } = clients;
  return ({ clientId, passcode }) => {
    if (clients.version !== version) {
      version = clients.version;
      right.clear();
    }
    // A Map compares texts only when their hashes are equal, and V8 seeds its hashes: wrong credentials tell nothing by their time.
    const credentials = `${clientId}\0${passcode}`;
    const known = right.get(credentials);
    const client = known ?? clients.findByPasscodeMac(keyring.passcodeMac(clientId, passcode).toString('hex'));
    // An id with U+0000 could move the border between id and passcode.
    if (client?.id !== clientId) return undefined;
    if (!known) right.set(credentials, client);
    return client;
  };
}
