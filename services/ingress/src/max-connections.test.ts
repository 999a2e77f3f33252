import { expect, it } from '@jest/globals';
import { maxConnections, reservedFiles } from './max-connections.js';

const WANTS = { maxConnections: 1_000, databasePool: 8, redisUrls: ['redis://a', 'redis://b'] };
const RESERVED = reservedFiles(WANTS);

it.each<[string, number | undefined, number, number]>([
  ['no limit of open files', undefined, 1_000, 0],
  ['just enough', 1_000 + RESERVED, 1_000, 0],
  ['one too few', 1_000 + RESERVED - 1, 999, 1],
  ['hardly any', 20, 16, 1],
])('leaves descriptors for everything else: %s', (_, openFiles, expected, warnings) => {
  const lines: string[] = [];
  expect(maxConnections(WANTS, { warn: (event) => void lines.push(event) }, openFiles)).toBe(expected);
  expect(lines).toHaveLength(warnings);
});

it('reserves more for a larger pool and for more servers', () => {
  expect(reservedFiles({ ...WANTS, databasePool: 9 })).toBeGreaterThan(RESERVED);
  expect(reservedFiles({ ...WANTS, redisUrls: ['redis://a', 'redis://b', 'redis://c'] })).toBeGreaterThan(RESERVED);
});
