import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The checkout, with a slash at its end. */
export const CHECKOUT = ROOT;
export const MIGRATIONS = `${ROOT}prisma/migrations`;
/** Programs that were fetched for `pnpm start` serve the tests too, and the other way round. */
export const TOOLS = `${ROOT}.ardor/tools`;
