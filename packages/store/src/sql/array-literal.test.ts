import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.js';
import { openDatabase, type Database } from './database.js';

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());

describe('arrayLiteral', () => {
  it.each([
    [[], '{}'],
    [[1, -2], '{1,-2}'],
    [[1, 'a'], '{"1","a"}'],
    [['a', '', 'NULL', 'x,y {z}'], '{"a","","NULL","x,y {z}"}'],
    [['a', null], '{"a",NULL}'],
    [['say "hi"', 'C:\\'], '{"say \\"hi\\"","C:\\\\"}'],
  ])('writes %j as %s', (values, literal) => {
    expect(arrayLiteral(values)).toBe(literal);
  });

  it('gives the server the same texts that it was given', async () => {
    const texts = [
      'plain',
      '',
      'NULL',
      'null',
      null,
      'a,b',
      '{c}',
      '"',
      '\\',
      '\\"',
      "it's",
      ' space ',
      '验证码',
      '\n',
    ];
    for (const values of [texts, texts.filter((text) => text !== null && !/["\\]/.test(text)), [null], ['","']]) {
      expect(await db.database.sql`SELECT ${values}::text[] AS texts`).toEqual([{ texts: values }]);
    }
  });
});
