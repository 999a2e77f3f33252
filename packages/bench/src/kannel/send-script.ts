import { fileURLToPath } from 'node:url';

/**
 * A script for wrk: `wrk -s SEND_SCRIPT <url of startKannel>`. Each request is a message to another number; the last
 * line of the output is a summary in JSON, with times in milliseconds. tsc copies no Lua, hence the source folder.
 */
export const SEND_SCRIPT = fileURLToPath(new URL('../../src/kannel/send.lua', import.meta.url));
