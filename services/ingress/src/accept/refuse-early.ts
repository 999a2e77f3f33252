import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import type { Lane } from '@ardor/domain/message/status';
import type { CountryCap } from '@ardor/rate-limits/client-quota';
import type { LimitAlerts } from '../limits/limit-alerts.js';
import type { SpentQuotas } from '../limits/spent-quotas.js';
import type { PreparedMessage } from './prepare-message.js';
import { slotRefusal } from './rate-limit-refusals.js';

export interface RefuseEarlyDeps {
  /** Whether the lane's messages already wait too long. */
  readonly isBacklogTooOld: (lane: Lane) => boolean;
  readonly spentQuotas: Pick<SpentQuotas, 'find'>;
  readonly countryCap: CountryCap;
  readonly alerts: Pick<LimitAlerts, 'refusedSend'>;
}

/** Why the message is refused before the limiter is asked; undefined where it is not. */
export type RefuseEarly = (message: PreparedMessage) => Refusal | undefined;

export function createRefuseEarly({ isBacklogTooOld, spentQuotas, countryCap, alerts }: RefuseEarlyDeps): RefuseEarly {
  return (message) => {
    if (isBacklogTooOld(message.lane)) return backlogRefusal();
    const spent = spentQuotas.find(message);
    if (!spent) return undefined;
    const refusal = slotRefusal(spent, message, countryCap);
    alerts.refusedSend(spent.kind, refusal.reason, message);
    return refusal;
  };
}

/** An old backlog needs time, so clients wait longer than a second. */
const BACKLOG_RETRY_SECONDS = 5;
const BACKLOG_MESSAGE = 'Messages of this kind wait too long already; nothing was accepted.';

const backlogRefusal = (): Refusal =>
  refuse('overloaded', { message: BACKLOG_MESSAGE, retryAfterSeconds: BACKLOG_RETRY_SECONDS });
