import type { Keyring } from '@ardor/crypto/keyring';
import { normalizePhone } from '@ardor/domain/phone/normalize-phone';
import { AdminError } from '@ardor/store/clients/manage-clients';

export interface PhoneReader {
  /** The MAC under which the number is stored. Throws AdminError when the text is no mobile number. */
  macOf(text: string): Buffer;
  tryMacOf(text: string): Buffer | undefined;
  /** Says what is wrong with a text that has no MAC, and never repeats it. */
  readonly refusal: string;
}

/** Reads numbers of the command line and of files as the API reads them. `region`: of national numbers. */
export function phoneReader(keyring: Pick<Keyring, 'phoneMac'>, region: string): PhoneReader {
  const refusal = `not a mobile number in E.164 or in region ${region}`;
  const tryMacOf = (text: string): Buffer | undefined => {
    const number = normalizePhone(text, region);
    return number && keyring.phoneMac(number.e164);
  };
  return {
    refusal,
    tryMacOf,
    macOf: (text) => {
      const mac = tryMacOf(text);
      if (!mac) throw new AdminError(refusal);
      return mac;
    },
  };
}
