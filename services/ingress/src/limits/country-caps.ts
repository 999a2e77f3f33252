import { clientCountryKey } from '@ardor/rate-limits/client-country';
import type { CountryCap } from '@ardor/rate-limits/client-quota';
import type { QuotaUse } from '@ardor/rate-limits/pack-quotas';
import type { CountryDays, CountrySends } from '@ardor/store/clients/country-days';
import { StoreError } from '@ardor/store/sql/store-error';

/** Caps are learned from so many days before today. The same weekday of the last week is among them. */
const LEARNED_DAYS = 7;

export interface CountryCaps {
  readonly capOf: CountryCap;
  /** Counts accepted sends. */
  count(accepted: readonly QuotaUse[]): void;
  /** Writes what was counted since the last call. A process that dies loses it: the caps are then learned from a little less. */
  flush(): Promise<void>;
  /** Reads what the clients usually send. Throws StoreError, and keeps what it knew. */
  refresh(): Promise<void>;
}

export interface CountryCapsOptions {
  readonly countryDays: Pick<CountryDays, 'add' | 'highestHours'>;
  /** A client may send so many times its highest hour. */
  readonly factor: number;
}

/**
 * The first defence against pumping, where someone makes an application send to numbers of a country that pay him: a cap of the
 * sends of a client to a country in an hour. What the client sent today does not raise it: an attack would raise its own cap.
 */
export function createCountryCaps({ countryDays, factor }: CountryCapsOptions): CountryCaps {
  let highest = new Map<string, number>();
  let counted = new Map<string, { clientId: string; country: string; sends: number }>();
  const add = ({ clientId, country, sends }: CountrySends): void => {
    const key = clientCountryKey(clientId, country);
    const entry = counted.get(key);
    if (entry) entry.sends += sends;
    else counted.set(key, { clientId, country, sends });
  };
  return {
    capOf: ({ clientId, countryCapFloor }, country) =>
      countryCapFloor === undefined
        ? undefined
        : Math.max(countryCapFloor, factor * (highest.get(clientCountryKey(clientId, country)) ?? 0)),
    count: (accepted) => {
      for (const { quota, country } of accepted) add({ clientId: quota.clientId, country, sends: 1 });
    },
    flush: async () => {
      if (counted.size === 0) return;
      const written = [...counted.values()];
      counted = new Map();
      try {
        await countryDays.add(written);
      } catch (error) {
        // What may have been stored is not added twice: too little is learned rather than too much.
        if (error instanceof StoreError && error.certainlyNotStored) written.forEach(add);
        throw error;
      }
    },
    refresh: async () => {
      const hours = await countryDays.highestHours(LEARNED_DAYS);
      highest = new Map(hours.map(({ clientId, country, sends }) => [clientCountryKey(clientId, country), sends]));
    },
  };
}
