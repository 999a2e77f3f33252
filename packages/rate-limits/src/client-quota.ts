/** The sends and queries that one client may make. Where a number is undefined, nothing bounds it. */
export interface ClientQuota {
  readonly clientId: string;
  /** In any second. */
  readonly sendsPerSecond: number | undefined;
  /** In a day of UTC. */
  readonly sendsPerDay: number | undefined;
  /** In any second. */
  readonly queriesPerSecond: number | undefined;
  /** Sends to one country in an hour that are always allowed. What the client usually sends there may allow more: see `CountryCap`. */
  readonly countryCapFloor: number | undefined;
}

/** How many sends the client may make to a country in an hour; undefined where nothing bounds them. */
export type CountryCap = (quota: ClientQuota, country: string) => number | undefined;
