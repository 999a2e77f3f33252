import type { Outcome } from '@ardor/domain/message/outcome';
import type { Lane } from '@ardor/domain/message/status';
import type { Settlement } from '@ardor/store/messages/settlement';

/** What is decided about one message that this worker holds, and why. */
export interface Decision {
  readonly message: HeldMessage;
  readonly outcome: Outcome['kind'];
  /** Our word for it: of FAILURES, of DeferralCause, or the cause of an uncertain outcome. */
  readonly reason?: string;
  readonly settlement: Settlement;
}

/** What a log line and a new job need to know about a message. */
export interface HeldMessage {
  readonly id: string;
  readonly clientId: string;
  readonly lane: Lane;
  /** 1 for the first. */
  readonly attempt: number;
}
