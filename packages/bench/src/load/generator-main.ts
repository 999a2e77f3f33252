import { text } from 'node:stream/consumers';
import { generate, type GeneratorJob } from './generator.js';

/** Reads a job as JSON from standard input, and prints its result as JSON. */
const job = JSON.parse(await text(process.stdin)) as GeneratorJob;
process.stdout.write(JSON.stringify(await generate(job)));
