/**
 * The life of a message. Internally it has two states more than the API shows:
 * `sending` is a message that a worker has claimed, `uncertain` one whose carrier may or may not have taken it.
 *
 *     queuing ⇄ sending ─▶ sent ─▶ delivered | error
 *                  │        ▲
 *                  └▶ uncertain ─▶ queuing (certainly not taken) | error
 *
 * `delivered` and `error` are final.
 */
export const MESSAGE_STATUSES = ['queuing', 'sending', 'uncertain', 'sent', 'delivered', 'error'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** The four words of the API. */
export type PublicStatus = 'queuing' | 'sent' | 'delivered' | 'error';

/** What a client sees: until a carrier has said that it took the message, it is queuing. */
export function publicStatus(status: MessageStatus): PublicStatus {
  switch (status) {
    case 'queuing':
    case 'sending':
    case 'uncertain':
      return 'queuing';
    case 'sent':
    case 'delivered':
    case 'error':
      return status;
  }
}

export const FINAL_STATUSES = ['delivered', 'error'] as const satisfies MessageStatus[];

/** Lanes in order of urgency; each has a queue and workers of its own. */
export const LANES = ['otp', 'notify', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** What to do with a message whose carrier may have taken it: wait for a receipt, or send it again. */
export const ON_UNKNOWN = ['wait', 'resend'] as const;
export type OnUnknown = (typeof ON_UNKNOWN)[number];
