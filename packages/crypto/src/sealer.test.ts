import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sodium from 'sodium-native';
import { createKeyring } from './keyring.js';
import { createSealer, sealedBound, type Payload } from './sealer.js';
import { createUuid7 } from '@ardor/domain/message/uuid7';

const NOW = 1_700_000_000_000;
const MASTER = Buffer.alloc(32, 7).toString('base64');
const PAYLOAD = { to: '+8613800138000', text: 'Your code is 771204.\nDo not share it. 😀' };

const idAt = (ms: number): string => createUuid7(() => ms)();
const newSealer = (master = MASTER) => {
  const sealer = createSealer(createKeyring(master));
  return {
    ...sealer,
    seal: (id: string, payload: Payload): Buffer => {
      const target = Buffer.alloc(sealedBound(payload));
      return target.subarray(0, sealer.sealInto(target, 0, id, payload));
    },
  };
};

describe('createSealer', () => {
  it('opens what it sealed, in another process too', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '\n', '\n\n', 'a\r\nb', '\0'),
    );
    const to = fc.stringMatching(/^\+[1-9][0-9]{4,14}$/);
    fc.assert(
      fc.property(to, text, fc.integer({ min: 0, max: 2 ** 48 - 1 }), (number, body, ms) => {
        fc.pre(body.isWellFormed());
        const id = idAt(ms);
        const sealed = newSealer().seal(id, { to: number, text: body });
        expect(newSealer().open(id, sealed)).toEqual({ to: number, text: body });
      }),
    );
  });

  it('takes 41 bytes more than the number, a line break and the text', () => {
    const sealed = newSealer().seal(idAt(NOW), PAYLOAD);
    expect(sealed).toHaveLength(1 + 24 + Buffer.byteLength(`${PAYLOAD.to}\n${PAYLOAD.text}`) + 16);
    expect(sealed[0]).toBe(2);
  });

  it('opens a view into a larger buffer', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    const within = Buffer.concat([Buffer.alloc(5, 2), sealed, Buffer.alloc(5, 2)]);
    expect(sealer.open(id, new Uint8Array(within.buffer, within.byteOffset + 5, sealed.length))).toEqual(PAYLOAD);
  });

  it('fails for another id', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    expect(() => sealer.open(idAt(NOW), sealed)).toThrow();
    expect(() => sealer.open(idAt(NOW + 1), sealed)).toThrow();
    expect(sealer.open(id, sealed)).toEqual(PAYLOAD);
  });

  it('fails with another master key', () => {
    const id = idAt(NOW);
    const sealed = newSealer().seal(id, PAYLOAD);
    expect(() => newSealer(Buffer.alloc(32, 8).toString('base64')).open(id, sealed)).toThrow();
  });

  it('fails when one bit is flipped, at every bit of every byte', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => sealer.open(id, flipped)).toThrow();
    }
  });

  it('fails when bytes are cut off or added, at every length', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.open(id, sealed.subarray(0, length))).toThrow();
    }
    expect(() => sealer.open(id, Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow();
  });

  it('says nothing of the payload when it fails', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    let thrown: unknown;
    try {
      sealer.open(id, sealed);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toHaveProperty('message');
    expect(String((thrown as Error).stack)).not.toMatch(/771204|13800138000/);
  });

  it('uses a nonce once, over many draws of random bytes', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = Array.from({ length: 2000 }, () => sealer.seal(id, PAYLOAD));
    expect(new Set(sealed.map((bytes) => bytes.subarray(1, 25).toString('hex'))).size).toBe(2000);
    expect(new Set(sealed.map((bytes) => bytes.toString('hex'))).size).toBe(2000);
  });

  it('shows nothing of the payload', () => {
    const sealer = newSealer();
    for (let n = 0; n < 100; n++) {
      const sealed = sealer.seal(idAt(NOW), PAYLOAD).toString('latin1');
      for (const part of ['13800138', '771204', 'Your', 'share']) expect(sealed).not.toContain(part);
    }
  });

  it('writes between what is there and nothing else', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const target = Buffer.alloc(sealedBound(PAYLOAD) + 20, 0xee);
    const end = sealer.sealInto(target, 10, id, PAYLOAD);
    expect(sealer.open(id, target.subarray(10, end))).toEqual(PAYLOAD);
    expect(target.subarray(0, 10)).toEqual(Buffer.alloc(10, 0xee));
    expect(target.subarray(end)).toEqual(Buffer.alloc(target.length - end, 0xee));
  });

  it('is what libsodium calls XChaCha20-Poly1305: the example of draft-irtf-cfrg-xchacha-03 §A.3.1', () => {
    const hex = (text: string): Buffer => Buffer.from(text, 'hex');
    const plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    const sealed = Buffer.alloc(plain.length + 16);
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed,
      Buffer.from(plain),
      hex('50515253c0c1c2c3c4c5c6c7'),
      null,
      hex('404142434445464748494a4b4c4d4e4f5051525354555657'),
      hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
    );
    expect(sealed.subarray(-16).toString('hex')).toBe('c0875924c1c7987947deafd8780acf49');
  });
});
