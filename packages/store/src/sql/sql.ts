import type pg from 'pg';

/** What may stand for a `${…}`: as PostgreSQL's text, or bytes as they are. */
export type Parameter = string | number | boolean | Buffer | null;

/** Runs a statement written as a template, prepared once a connection; its rows. Rejects with the driver's error. */
export type Sql = <Row extends object>(parts: TemplateStringsArray, ...values: Parameter[]) => Promise<Row[]>;

export function createSql(pool: pg.Pool, nameOf: (sql: string) => string): Sql {
  /** A template's parts are one object for each place in the code. */
  const statements = new WeakMap<TemplateStringsArray, { name: string; text: string }>();
  return async <Row extends object>(parts: TemplateStringsArray, ...values: Parameter[]): Promise<Row[]> => {
    let statement = statements.get(parts);
    if (!statement) {
      const text = parts.reduce((sql, part, index) => `${sql}$${index}${part}`);
      statement = { name: nameOf(text), text };
      statements.set(parts, statement);
    }
    const { name, text } = statement;
    return (await pool.query<Row>({ name, text, values })).rows;
  };
}
