import type Joi from 'joi';

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

interface StandardJsonSchema {
  readonly '~standard': { readonly jsonSchema: { input(options: { readonly target: 'draft-2020-12' }): JsonSchema } };
}

/** A Joi schema as JSON Schema: Joi 18's own (standardschema.dev), which its typings do not name yet. */
export const jsonSchemaOf = (schema: Joi.Schema): JsonSchema =>
  (schema as unknown as StandardJsonSchema)['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
