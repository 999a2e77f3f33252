import type { Keyring } from '@ardor/crypto/keyring';
import type { Lane } from '@ardor/domain/message/status';
import type { NumberLimitScope } from '@ardor/rate-limits/number-limit-scope';

/**
 * The key of a number's slot, 16 bytes. It is made of what a row has, so that lost slots can be restored from the rows. Two sends
 * share a slot when they have the same key.
 */
export type SlotKey = (phoneMac: Uint8Array, clientId: string, lane: Lane) => Uint8Array;

export function createSlotKey({ slotMac }: Pick<Keyring, 'slotMac'>, scope: NumberLimitScope): SlotKey {
  switch (scope) {
    case 'system':
      return (phoneMac) => phoneMac;
    case 'client':
      return (phoneMac, clientId) => slotMac(phoneMac, clientId);
    case 'lane':
      // No client id has a slash.
      return (phoneMac, clientId, lane) => slotMac(phoneMac, `${clientId}/${lane}`);
  }
}
