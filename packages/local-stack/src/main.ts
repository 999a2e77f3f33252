import { fileURLToPath } from 'node:url';
import { explainOldNode } from './node-version.js';

const problem = explainOldNode(process.versions.node);
if (problem === undefined) {
  // Loaded only now: on an old Node the rest may fail to load at all, with a message that helps nobody.
  const { start } = await import('./start.js');
  process.exit(await start(fileURLToPath(new URL('../../..', import.meta.url))));
}
process.stderr.write(`${problem}\n`);
process.exit(1);
