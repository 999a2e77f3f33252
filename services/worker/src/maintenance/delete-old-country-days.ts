import type { CountryDays } from '@ardor/store/clients/country-days';
import { wholeBatch, type Duty } from '../duties/duty.js';

/** The caps of the ingress are learned from the last seven days. */
const KEPT_DAYS = 7;

/** Deletes the days from which no country cap is learned any more. */
export const deleteOldCountryDaysDuty = (everyMs: number, countryDays: Pick<CountryDays, 'deleteOlderThan'>): Duty => ({
  name: 'delete-old-country-days',
  everyMs,
  run: async () => wholeBatch(await countryDays.deleteOlderThan(KEPT_DAYS)),
});
