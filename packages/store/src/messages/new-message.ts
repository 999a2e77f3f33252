import type { Lane, OnUnknown } from '@ardor/domain/message/status';

/** An accepted message, ready to be stored. */
export interface NewMessage {
  /** UUIDv7. */
  readonly id: string;
  readonly clientId: string;
  readonly templateId: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  /** The moment of its request plus its validity: Unix milliseconds, whole, on the database's clock. */
  readonly expiresAt: number;
  /** Names the job that will carry it: the id of the first message of its chunk. */
  readonly chunkId: string;
  /** E.164. */
  readonly to: string;
  /** The rendered text. */
  readonly text: string;
  /** The MAC of the number, 16 bytes. */
  readonly phoneMac: Uint8Array;
}
