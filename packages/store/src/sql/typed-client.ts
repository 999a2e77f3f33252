import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/client.js';

export interface TypedClientOptions {
  readonly pool: pg.Pool;
  /** Names a statement for the server's cache of plans. */
  readonly nameOf: (text: string) => string;
  readonly toError: (error: unknown) => Error;
}

export type TypedClient = ReturnType<typeof createTypedClient>;

/** Prisma's client over a pool that others use too; every operation throws what `toError` makes of its error. */
export function createTypedClient({ pool, nameOf, toError }: TypedClientOptions) {
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) });
  return new PrismaClient({ adapter, errorFormat: 'minimal' }).$extends({
    query: {
      $allOperations: async ({ args, query }): Promise<unknown> => {
        try {
          return await query(args);
        } catch (error) {
          throw toError(error);
        }
      },
    },
  });
}
