import type { Database } from '../sql/database.js';

export interface ClientRecord {
  readonly id: string;
  /** ISO 3166-1 alpha-2: the country of the client's national numbers. */
  readonly region: string;
  readonly disabled: boolean;
  /** MACs of the valid passcodes. */
  readonly passcodeMacs: readonly Uint8Array[];
  /** Ids of the templates it may use. */
  readonly grants: ReadonlySet<string>;
}

export type FindClient = (clientId: string) => Promise<ClientRecord | undefined>;

export function createFindClient({ prisma }: Database): FindClient {
  return async (clientId) => {
    const client = await prisma.client.findUnique({
      where: { id: clientId },
      include: {
        passcodes: { where: { revokedAt: null }, select: { mac: true } },
        grants: { select: { templateId: true } },
      },
    });
    if (!client) return undefined;
    return {
      id: client.id,
      region: client.region,
      disabled: client.disabledAt !== null,
      passcodeMacs: client.passcodes.map(({ mac }) => mac),
      grants: new Set(client.grants.map(({ templateId }) => templateId)),
    };
  };
}
