import { generate, type GeneratorJob } from './generator.js';

/** `node generator-main.js <job as JSON>`: prints its result as JSON. */
process.stdout.write(JSON.stringify(await generate(JSON.parse(process.argv[2] ?? '') as GeneratorJob)));
