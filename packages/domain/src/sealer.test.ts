import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createKeyring, type Keyring } from './keyring.js';
import { createSealer } from './sealer.js';
import { createUuid7 } from './uuid7.js';

const HOUR_MS = 3_600_000;
const NOW = 1_700_000_000_000;
const MASTER = Buffer.alloc(32, 7).toString('base64');
const PAYLOAD = { to: '+8613800138000', text: 'Your code is 771204.\nDo not share it. 😀' };

const idAt = (ms: number): string => createUuid7(() => ms)();
const newSealer = (master = MASTER) => createSealer(createKeyring(master));

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

  it('takes 29 bytes more than the number, a line break and the text', () => {
    const sealed = newSealer().seal(idAt(NOW), PAYLOAD);
    expect(sealed).toHaveLength(1 + 12 + Buffer.byteLength(`${PAYLOAD.to}\n${PAYLOAD.text}`) + 16);
    expect(sealed[0]).toBe(1);
  });

  it('opens a view into a larger buffer', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    const within = Buffer.concat([Buffer.alloc(5, 1), sealed, Buffer.alloc(5, 1)]);
    expect(sealer.open(id, new Uint8Array(within.buffer, within.byteOffset + 5, sealed.length))).toEqual(PAYLOAD);
  });

  it('fails for another id, of the same hour or not', () => {
    const [sealer, id] = [newSealer(), idAt(NOW)];
    const sealed = sealer.seal(id, PAYLOAD);
    expect(() => sealer.open(idAt(NOW), sealed)).toThrow();
    expect(() => sealer.open(idAt(NOW + 1), sealed)).toThrow();
    expect(() => sealer.open(idAt(NOW + 2 * HOUR_MS), sealed)).toThrow();
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
    expect(new Set(sealed.map((bytes) => bytes.subarray(1, 13).toString('hex'))).size).toBe(2000);
    expect(new Set(sealed.map((bytes) => bytes.toString('hex'))).size).toBe(2000);
    // A nonce that were a view into the pool would have been overwritten by now.
    for (const bytes of sealed) expect(sealer.open(id, bytes)).toEqual(PAYLOAD);
  });

  it('shows nothing of the payload', () => {
    const sealer = newSealer();
    for (let n = 0; n < 100; n++) {
      const sealed = sealer.seal(idAt(NOW), PAYLOAD).toString('latin1');
      for (const part of ['13800138', '771204', 'Your', 'share']) expect(sealed).not.toContain(part);
    }
  });

  it('takes a new key with each hour of the id, derives it once, and keeps few of them', () => {
    const derived: string[] = [];
    const keyring: Keyring = createKeyring(MASTER);
    const sealer = createSealer({
      ...keyring,
      derive: (purpose) => {
        derived.push(purpose);
        return keyring.derive(purpose);
      },
    });
    const hour = Math.floor(NOW / HOUR_MS);
    const times = [hour * HOUR_MS, (hour + 1) * HOUR_MS - 1, (hour + 1) * HOUR_MS, hour * HOUR_MS + 5];
    for (const ms of times) sealer.seal(idAt(ms), PAYLOAD);
    expect(derived).toEqual([`payload/${hour}`, `payload/${hour + 1}`]);
    const ids = Array.from({ length: 300 }, (_, n) => idAt(NOW + n * HOUR_MS));
    const sealed = ids.map((id) => sealer.seal(id, PAYLOAD));
    ids.forEach((id, n) => expect(sealer.open(id, sealed[n] ?? Buffer.alloc(0))).toEqual(PAYLOAD));
  });
});
