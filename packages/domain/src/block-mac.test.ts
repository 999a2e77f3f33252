import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createBlockMac } from './block-mac.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('createBlockMac', () => {
  it('gives the MAC of the example with one block in NIST SP 800-38B, appendix D.3', () => {
    const key = createSecretKey(hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'));
    const mac = createBlockMac(key);
    expect(mac(hex('6bc1bee22e409f96e93d7e117393172a')).toString('hex')).toBe('28a7023f452e8f82bd4bf28d8c37c35c');
    // And the next time, over the same cipher.
    expect(mac(hex('6bc1bee22e409f96e93d7e117393172a')).toString('hex')).toBe('28a7023f452e8f82bd4bf28d8c37c35c');
  });

  it.each([15, 17])('refuses %d bytes', (length) => {
    const mac = createBlockMac(createSecretKey(Buffer.alloc(32, 1)));
    expect(() => mac(Buffer.alloc(length))).toThrow(RangeError);
  });
});
