import { namedCountries } from '@ardor/domain/phone/destinations';
import type { Database } from '../sql/database.js';

/** A command names something that does not exist, or exists already. The message may be shown to the operator. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

/** Creates a client. Without countries it may send to its region only. Throws AdminError when the id is taken. */
export async function createClient(
  { prisma }: Database,
  { countries = [], ...client }: { id: string; name: string; region: string; countries?: readonly string[] },
): Promise<void> {
  if (await prisma.client.findUnique({ where: { id: client.id } }))
    throw new AdminError(`client ${client.id} exists already`);
  await prisma.client.create({ data: { ...client, countries: [...countries] } });
}

/** Disables or enables a client. An ingress follows when its cached record expires. Throws AdminError when unknown. */
export async function setClientDisabled({ prisma }: Database, id: string, disabled: boolean): Promise<void> {
  const { count } = await prisma.client.updateMany({
    where: { id },
    data: { disabledAt: disabled ? new Date() : null },
  });
  if (count === 0) throw new AdminError(`there is no client ${id}`);
}

export interface ClientSummary {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** Where it may send: its region, when no others were named. */
  readonly countries: readonly string[];
  readonly prefixes: readonly string[];
  readonly disabled: boolean;
  readonly templates: readonly string[];
  /** Ids of the valid passcodes. */
  readonly passcodes: readonly string[];
}

export async function listClients({ prisma }: Database): Promise<ClientSummary[]> {
  const clients = await prisma.client.findMany({
    orderBy: { id: 'asc' },
    include: { grants: true, passcodes: { where: { revokedAt: null }, orderBy: { createdAt: 'asc' } } },
  });
  return clients.map(({ id, name, region, countries, prefixes, disabledAt, grants, passcodes }) => ({
    id,
    name,
    region,
    countries: namedCountries({ region, countries }),
    prefixes,
    disabled: disabledAt !== null,
    templates: grants.map(({ templateId }) => templateId),
    passcodes: passcodes.map((passcode) => passcode.id),
  }));
}
