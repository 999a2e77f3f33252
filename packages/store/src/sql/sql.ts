import type pg from 'pg';
import { arrayLiteral, type ArrayElement } from './array-literal.js';
import type { NameStatement } from './statement-names.js';

/** The value of a `${…}`. It is sent as text, bytes in binary: cast it where PostgreSQL cannot infer the type. */
export type Parameter = string | number | boolean | Buffer | null | readonly ArrayElement[];

/** Runs a statement written as a template. Each connection prepares it once. Throws StoreError. */
export interface Sql {
  /** The rows that the statement returns. */
  <Row extends object>(parts: TemplateStringsArray, ...values: Parameter[]): Promise<Row[]>;
  /** How many rows the statement wrote. */
  count(parts: TemplateStringsArray, ...values: Parameter[]): Promise<number>;
}

export interface SqlOptions {
  readonly pool: pg.Pool;
  readonly nameOf: NameStatement;
  readonly toError: (error: unknown) => Error;
}

interface Statement {
  readonly name: string;
  readonly text: string;
}

export function createSql({ pool, nameOf, toError }: SqlOptions): Sql {
  // JavaScript makes one `parts` object for each template in the code, so it can be the key.
  const statements = new WeakMap<TemplateStringsArray, Statement>();
  const statementOf = (parts: TemplateStringsArray): Statement => {
    const known = statements.get(parts);
    if (known) return known;
    const text = parts.reduce((sql, part, index) => `${sql}$${index}${part}`);
    const statement = { name: nameOf(text), text };
    statements.set(parts, statement);
    return statement;
  };
  const run = async <Row extends object>(
    parts: TemplateStringsArray,
    values: readonly Parameter[],
  ): Promise<pg.QueryResult<Row>> => {
    const { name, text } = statementOf(parts);
    try {
      return await pool.query<Row>({ name, text, values: values.map(encode) });
    } catch (error) {
      throw toError(error);
    }
  };
  return Object.assign(
    async <Row extends object>(parts: TemplateStringsArray, ...values: Parameter[]) =>
      (await run<Row>(parts, values)).rows,
    { count: async (parts: TemplateStringsArray, ...values: Parameter[]) => (await run(parts, values)).rowCount ?? 0 },
  );
}

const encode = (value: Parameter): string | number | boolean | Buffer | null =>
  isArray(value) ? arrayLiteral(value) : value;

const isArray = (value: Parameter): value is readonly ArrayElement[] => Array.isArray(value);
