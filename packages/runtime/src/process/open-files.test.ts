import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { openFileLimit } from './open-files.js';

it('is what the system says', () => {
  const said = execFileSync('prlimit', [
    '--pid',
    String(process.pid),
    '--nofile',
    '--raw',
    '--noheadings',
    '-o',
    'SOFT',
  ]);
  expect(openFileLimit()).toBe(Number(String(said).trim()));
});
