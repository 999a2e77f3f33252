import { isUuid } from '@ardor/domain/message/uuid7';

/** What a job carries: message ids, never a number or a text. It has a version, because jobs of an older version of Ardor may wait. */
export interface DeliverJob {
  readonly v: 1;
  /** 1..MAX_CHUNK message ids. */
  readonly ids: readonly string[];
}

/** Messages of one job: enough to share the cost of a claim and a call, few enough that a retry repeats little. */
export const MAX_CHUNK = 100;

/** Thrown for a job that no version of Ardor wrote. The message holds nothing of the job: the dashboard shows it. */
export class MalformedJobError extends Error {
  override readonly name = 'MalformedJobError';
  readonly loggable = true;
}

/** Parses the data of a job. Ignores unknown fields: a newer version may have written them. Throws MalformedJobError. */
export function parseDeliverJob(data: unknown): DeliverJob {
  const { v, ids } = (data ?? {}) as Partial<Record<'v' | 'ids', unknown>>;
  if (v !== 1) throw new MalformedJobError('the job is of an unknown version');
  if (
    !Array.isArray(ids) ||
    ids.length === 0 ||
    ids.length > MAX_CHUNK ||
    !ids.every((id) => typeof id === 'string' && isUuid(id))
  ) {
    throw new MalformedJobError(`the job does not hold 1..${MAX_CHUNK} message ids`);
  }
  return { v, ids: ids as string[] };
}
