/**
 * The statuses of a message. Two of them are internal and shown as `queuing`: a worker has claimed a `sending` message,
 * and a carrier may or may not have received an `uncertain` one.
 *
 * What moves a message from the status of a row to that of a column (`transitions.ts` names the statements):
 *
 *                queuing          sending   uncertain        sent     delivered   error
 *     queuing    ·                claim                               receipt     receipt, expiry
 *     sending    settle, release  ·         settle, release  settle   receipt     receipt, settle
 *     uncertain  settle                     ·                settle   receipt     receipt, settle, expiry
 *     sent                                                   ·        receipt     receipt
 *
 * `delivered` and `error` are final.
 */
export const MESSAGE_STATUSES = ['queuing', 'sending', 'uncertain', 'sent', 'delivered', 'error'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** The four words of the API. */
export type PublicStatus = 'queuing' | 'sent' | 'delivered' | 'error';

/** The status that a client sees: `queuing` until a carrier has confirmed that it took the message. */
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

/** Lanes in order of urgency. Each has its own queues and consumers. */
export const LANES = ['otp', 'notify', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** What to do when a carrier may have received the message: wait for its word or a receipt, or send again. */
export const ON_UNKNOWN = ['wait', 'resend'] as const;
export type OnUnknown = (typeof ON_UNKNOWN)[number];
