import { DEMO } from '@ardor/domain/message/demo';
import type { Keyring } from '@ardor/crypto/keyring';
import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { ClientDirectory } from '@ardor/store/clients/client-directory';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type { FailedLogins } from '../http/failed-logins.js';
import type { Caller } from '../http/request.js';
import type { Credentials } from './read-credentials.js';

export interface AuthenticateDeps {
  readonly clients: Pick<ClientDirectory, 'findById' | 'findByPasscodeMac' | 'waitUntilFresh' | 'version'>;
  readonly keyring: Pick<Keyring, 'passcodeMac'>;
  readonly failedLogins: Pick<FailedLogins, 'record' | 'retryAfterSeconds'>;
  readonly production: boolean;
}

export type Authenticate = (credentials: Credentials, caller: Caller) => Promise<Result<ClientRecord>>;

/** No id or passcode of Ardor is longer. */
const MAX_LENGTH = 128;

/**
 * Finds out who is calling. An unknown client and a wrong passcode get the same refusal after the same work: one MAC, and one
 * look-up of it among the MACs of all clients. So neither the response nor its time tells which client ids exist, or how
 * many passcodes a client has. The right passcode is always accepted: a stranger's failures lock nobody out.
 */
export function createAuthenticate({ clients, keyring, failedLogins, production }: AuthenticateDeps): Authenticate {
  const findClient = createFindByCredentials(clients, keyring);
  const refuseLogin = ({ clientId }: Credentials, caller: Caller, isDemo: boolean): Refusal => {
    const address = caller.peer.ip;
    const waitSeconds = failedLogins.retryAfterSeconds(address);
    const known = clients.findById(clientId) !== undefined;
    const reason = known ? 'passcode_wrong' : 'client_unknown';
    failedLogins.record({
      reason: isDemo ? 'demo_credentials' : reason,
      address,
      clientId: known ? clientId : undefined,
      requestId: caller.id,
    });
    if (waitSeconds !== undefined) return refuse('too_many_failed_logins', { retryAfterSeconds: waitSeconds });
    return refuse(isDemo ? 'demo_credentials' : 'invalid_passcode');
  };
  return async (credentials, caller) => {
    const fresh = clients.waitUntilFresh();
    if (fresh) await fresh;
    const isDemo = production && credentials.passcode === DEMO.passcode;
    const client = isDemo ? undefined : findClient(credentials);
    if (!client) return refused(refuseLogin(credentials, caller, isDemo));
    if (!client.disabled) return ok(client);
    const { id: clientId } = client;
    failedLogins.record({ reason: 'client_disabled', address: caller.peer.ip, clientId, requestId: caller.id });
    return refused(refuse('client_disabled'));
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
    if (clientId.length > MAX_LENGTH || passcode.length > MAX_LENGTH) return undefined;
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
