import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKeyring, macsEqual } from './keyring.js';

const MASTER = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 8).toString('base64');
const PHONE = '+8613800138000';
const ID = '550e8400-e29b-41d4-a716-446655440000';
const hex = (bytes: Buffer): string => bytes.toString('hex');

describe('createKeyring', () => {
  it('derives the same from the same master key', () => {
    const [one, two] = [createKeyring(MASTER), createKeyring(MASTER)];
    expect(hex(one.phoneMac(PHONE))).toBe(hex(two.phoneMac(PHONE)));
    expect(hex(one.passcodeMac('a', 'x'))).toBe(hex(two.passcodeMac('a', 'x')));
    expect(one.receiptToken(ID)).toBe(two.receiptToken(ID));
    expect(hex(one.checkValue())).toBe(hex(two.checkValue()));
    expect(hex(one.derive('p'))).toBe(hex(two.derive('p')));
  });

  // What is stored is only readable as long as these stay: a change here is a migration.
  it('derives what it always derived', () => {
    const keyring = createKeyring(MASTER);
    expect({
      phone: hex(keyring.phoneMac(PHONE)),
      passcode: hex(keyring.passcodeMac('client', 'passcode')),
      token: keyring.receiptToken('550e8400-e29b-41d4-a716-446655440000'),
      payload: hex(keyring.derive('payload')),
      check: hex(keyring.checkValue()),
    }).toEqual({
      phone: 'd4b5e17383967bc77d49350a1886db26',
      passcode: 'bb33c74529b86d6614b7a082311bd3f6c1c15e4f869155767f32eff4ef59bf84',
      token: '6lDQPRYIOPTDxAZQ4QDAZQ',
      payload: '8481ba8dba90dda9858985f9a61a3a6330e4ef8496656e4326a1b74fb02573ff',
      check: '43c6c0155e02bf0d8d5a30698c055c8d3c81c118af96f4d716a23cf2e9e35b92',
    });
  });

  it('gives each holder a slot of its own for each number, by the MAC that a row has', () => {
    const keyring = createKeyring(MASTER);
    const [one, other] = [keyring.phoneMac(PHONE), keyring.phoneMac('+8613800138001')];
    const macs = [one, other].flatMap((mac) =>
      ['shop', 'bank', 'shop/otp'].map((holder) => keyring.slotMac(mac, holder)),
    );
    expect(new Set([...macs, one, other].map(hex)).size).toBe(8);
    expect(macs[0]).toHaveLength(16);
    expect(keyring.slotMac(Buffer.from(one), 'shop')).toEqual(macs[0]);
  });

  it('gives the lengths it promises', () => {
    const keyring = createKeyring(MASTER);
    expect(keyring.phoneMac(PHONE)).toHaveLength(16);
    expect(keyring.passcodeMac('a', 'x')).toHaveLength(32);
    expect(keyring.receiptToken(ID)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(keyring.checkValue()).toHaveLength(32);
    expect(keyring.derive('p')).toHaveLength(32);
  });

  it('differs by master key, purpose, number and client', () => {
    const [keyring, other] = [createKeyring(MASTER), createKeyring(OTHER)];
    const all = [
      ...[keyring, other].flatMap((ring) => [
        hex(ring.phoneMac(PHONE)),
        hex(ring.passcodeMac('a', PHONE).subarray(0, 16)),
        hex(Buffer.from(ring.receiptToken(ID), 'base64url')),
        hex(ring.checkValue()),
        hex(ring.derive('phone/')),
        hex(ring.derive('payload/1')),
        hex(ring.derive('payload/2')),
      ]),
      hex(keyring.phoneMac('+8613800138001')),
      hex(keyring.passcodeMac('b', PHONE).subarray(0, 16)),
      hex(Buffer.from(keyring.receiptToken('01a208a7-7f4c-7aea-8181-2a29d496a745'), 'base64url')),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('knows where the client ends and the passcode begins', () => {
    const keyring = createKeyring(MASTER);
    expect(hex(keyring.passcodeMac('ab', 'c'))).not.toBe(hex(keyring.passcodeMac('a', 'bc')));
  });

  it.each([
    ['nothing', ''],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['16 bytes', Buffer.alloc(16).toString('base64')],
    ['64 bytes', Buffer.alloc(64).toString('base64')],
    ['32 bytes in hex', randomBytes(32).toString('hex')],
    ['prose', 'correct horse battery staple'],
    ['32 bytes with other characters between', `${MASTER.slice(0, 20)} !\n${MASTER.slice(20)}`],
  ])('refuses %s as master key, without showing it', (_, key) => {
    expect(() => createKeyring(key)).toThrow(/^ARDOR_MASTER_KEY must be 32 bytes in base64$/);
  });
});

describe('sameMac', () => {
  it('compares bytes and lengths', () => {
    const mac = randomBytes(32);
    expect(macsEqual(mac, Buffer.from(mac))).toBe(true);
    expect(macsEqual(mac, mac.subarray(0, 31))).toBe(false);
    expect(macsEqual(mac, Buffer.concat([mac, Buffer.alloc(1)]))).toBe(false);
    expect(macsEqual(new Uint8Array(), new Uint8Array())).toBe(true);
    for (let at = 0; at < mac.length; at++) {
      const flipped = Buffer.from(mac);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(macsEqual(mac, flipped)).toBe(false);
    }
  });
});
