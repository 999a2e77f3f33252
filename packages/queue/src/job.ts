import { isUuid } from '@ardor/domain/message/uuid7';

/** What a job carries: ids, never a number or a text. Versioned, because jobs of an older release may be in flight. */
export interface DeliverJob {
  readonly v: 1;
  /** 1..100 message ids. */
  readonly ids: readonly string[];
}

export const MAX_CHUNK = 100;

/** Thrown for a job that no release of ours wrote. Its message may be seen on the dashboard. */
export class MalformedJobError extends Error {
  override readonly name = 'MalformedJobError';
  readonly loggable = true;
}

/** Reads a job's data. A field it does not know is ignored: a newer release may have written it. */
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
