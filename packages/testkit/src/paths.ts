import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. */
export const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
export const MIGRATIONS = `${CHECKOUT}prisma/migrations`;
/** Downloaded programs. `pnpm start` and the tests share them. */
export const TOOLS = `${CHECKOUT}.ardor/tools`;
