import { randomBytes } from 'node:crypto';
import type { Keyring } from '@ardor/crypto/keyring';
import type { Database } from '../sql/database.js';
import { AdminError } from './manage-clients.js';

/** Adds a passcode to a client and returns its id. Only the MAC is stored. Throws AdminError when the client is unknown. */
export async function addPasscode(
  { prisma }: Database,
  keyring: Keyring,
  clientId: string,
  passcode: string,
): Promise<string> {
  if (!(await prisma.client.findUnique({ where: { id: clientId } })))
    throw new AdminError(`there is no client ${clientId}`);
  const id = randomBytes(4).toString('hex');
  await prisma.passcode.create({
    data: { id, clientId, mac: Uint8Array.from(keyring.passcodeMac(clientId, passcode)) },
  });
  return id;
}

/** Whether a client has this passcode. */
export async function hasPasscode(
  { prisma }: Database,
  keyring: Keyring,
  clientId: string,
  passcode: string,
): Promise<boolean> {
  const mac = Uint8Array.from(keyring.passcodeMac(clientId, passcode));
  return (await prisma.passcode.findFirst({ where: { clientId, mac, revokedAt: null } })) !== null;
}

/** Revokes a passcode by its id. Throws AdminError when there is no valid passcode with that id. */
export async function revokePasscode({ prisma }: Database, id: string): Promise<void> {
  const { count } = await prisma.passcode.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (count === 0) throw new AdminError(`there is no valid passcode ${id}`);
}
