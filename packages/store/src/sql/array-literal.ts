/**
 * An array as PostgreSQL writes it. One text for each column: element by element, the client and the driver each spend
 * more on a row than the database does. For words, numbers and ids; throws on what would need to be escaped.
 */
export function arrayLiteral(values: readonly (string | number)[]): string {
  if (values.every((value) => typeof value === 'number')) return `{${values.join(',')}}`;
  if (ESCAPED.test(values.join(''))) throw new RangeError('a value of the array would need to be escaped');
  // In quotes, or a client called NULL would be none.
  return `{"${values.join('","')}"}`;
}

const ESCAPED = /["\\]/;
