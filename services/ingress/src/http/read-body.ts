import type { IncomingMessage } from 'node:http';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { NO_ROOM_FOR_BODY, type BodyLimits } from './body-budget.js';
import { inflateBody } from './inflate-body.js';

/** The client left before its body had come to its end: nobody waits for a response. */
export class ClientLeftError extends Error {
  override readonly name = 'ClientLeftError';
}

/**
 * The whole body, inflated, of `maxBytes` at most. It is counted in `share` until the caller gives its bytes back. A refusal comes at
 * once, and nothing is counted then; node:http reads what is still to come and drops it, so the connection can go on. Rejects with
 * ClientLeftError.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Result<Buffer>> {
  const body = await readBytes(request, limits);
  const coding = request.headers['content-encoding'];
  if (!body.ok || coding === undefined || coding === 'identity') return body;
  return inflateBody(body.value, coding, limits);
}

const EMPTY: Buffer = Buffer.alloc(0);
/** What is first allocated for a body that comes in pieces. */
const MIN_CAPACITY = 1_024;

function readBytes(request: IncomingMessage, { maxBytes, tooLarge, share }: BodyLimits): Promise<Result<Buffer>> {
  // A stream that was destroyed before tells nothing more.
  if (request.destroyed) return Promise.reject(new ClientLeftError());
  // NaN where the length is not told.
  const told = Number(request.headers['content-length']);
  if (told > maxBytes) return Promise.resolve(refused(tooLarge));
  return new Promise((resolve, reject) => {
    let held = EMPTY;
    let length = 0;
    let isOver = false;
    const refuseBody = (refusal: Result<never>): void => {
      isOver = true;
      share.resize(held.length, 0);
      held = EMPTY;
      resolve(refusal);
    };
    request.on('data', (chunk: Buffer) => {
      // Bytes after a refusal are dropped.
      if (isOver) return;
      const total = length + chunk.length;
      if (total > maxBytes) {
        refuseBody(refused(tooLarge));
        return;
      }
      // The usual body comes in one piece, which is kept as it is. Pieces are copied, because a piece of one byte would keep its whole packet.
      const isWhole = chunk.length === told;
      if (total > held.length) {
        const capacity = isWhole ? told : capacityFor(total, told, maxBytes);
        if (!share.resize(held.length, capacity)) {
          refuseBody(NO_ROOM_FOR_BODY);
          return;
        }
        held = isWhole ? chunk : grow(held, length, capacity);
      }
      if (!isWhole) chunk.copy(held, length);
      length = total;
    });
    request.on('end', () => {
      if (isOver) return;
      isOver = true;
      share.resize(held.length, length);
      resolve(ok(held.length === length ? held : held.subarray(0, length)));
    });
    request.on('error', () => {
      if (isOver) return;
      isOver = true;
      share.resize(held.length, 0);
      reject(new ClientLeftError());
    });
  });
}

/** Twice as much each time, so that all copies together cost as much as one. */
const capacityFor = (total: number, told: number, maxBytes: number): number =>
  Math.min(Math.max(2 * total, MIN_CAPACITY), told >= total ? told : maxBytes);

function grow(held: Buffer, length: number, capacity: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(capacity);
  held.copy(grown, 0, 0, length);
  return grown;
}
