/** Whose the slot of a number is: everybody's, one for each client, or one for each client and lane. */
export const NUMBER_LIMIT_SCOPES = ['system', 'client', 'lane'] as const;
export type NumberLimitScope = (typeof NUMBER_LIMIT_SCOPES)[number];
