import type { Lane, OnUnknown } from '@ardor/domain/message/status';

/** A message as it is accepted. */
export interface NewMessage {
  /** UUIDv7. */
  readonly id: string;
  readonly clientId: string;
  readonly templateId: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  readonly validitySeconds: number;
  /** The job that will carry it: the id of its chunk's first message. */
  readonly chunkId: string;
  /** E.164. */
  readonly to: string;
  /** The rendered text. */
  readonly text: string;
  /** 16 bytes. */
  readonly phoneMac: Uint8Array;
}
