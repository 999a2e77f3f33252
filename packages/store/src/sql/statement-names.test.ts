import { describe, expect, it } from '@jest/globals';
import { createStatementNames } from './statement-names.js';

describe('statement names', () => {
  it('are equal for equal statements, and different otherwise', () => {
    const nameOf = createStatementNames();
    expect(nameOf('SELECT 1')).toBe(nameOf('SELECT 1'));
    expect(nameOf('SELECT 1')).not.toBe(nameOf('SELECT 2'));
    expect(createStatementNames()('SELECT 1')).toBe(nameOf('SELECT 1'));
  });

  it('are given to 200 statements, and to no more', () => {
    const nameOf = createStatementNames();
    const names = Array.from({ length: 201 }, (_, n) => nameOf(`SELECT ${n}`));
    expect(new Set(names.slice(0, 200)).size).toBe(200);
    expect(names.slice(0, 200)).not.toContain('');
    expect(names[200]).toBe('');
    expect(nameOf('SELECT 7')).toBe(names[7]);
  });
});
