import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/client.js';
import type { NameStatement } from './statement-names.js';

export interface TypedClientOptions {
  readonly pool: pg.Pool;
  readonly nameOf: NameStatement;
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
