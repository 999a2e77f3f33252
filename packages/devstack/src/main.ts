import { start } from './start.js';

process.exit(await start());
