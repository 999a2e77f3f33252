/** A migration cannot be applied. The message names it and may be shown to the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
