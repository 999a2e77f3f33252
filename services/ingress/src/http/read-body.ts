import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';

/** The client left before its body had come to its end: nobody waits for a response. */
export class ClientLeftError extends Error {
  override readonly name = 'ClientLeftError';
}

/**
 * The whole body, decompressed, of `limit` bytes at most. A longer one is refused; node:http reads its rest and drops it, so the
 * connection can go on. Rejects with ClientLeftError.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Result<Buffer>> {
  const body = await readBytes(request, limit);
  if (!body) return refused(refuse('body_too_large'));
  const coding = request.headers['content-encoding'];
  return coding === undefined || coding === 'identity' ? ok(body) : decompress(body, coding, limit);
}

/** Undefined when there are more than `limit` bytes. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      // Bytes beyond the limit are counted and dropped.
      if (length <= limit) chunks.push(chunk);
    });
    request.on('end', () => {
      if (length > limit) resolve(undefined);
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
    });
    request.on('error', () => reject(new ClientLeftError()));
  });
}

const DECOMPRESS = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

async function decompress(body: Buffer, coding: string, limit: number): Promise<Result<Buffer>> {
  const expand = DECOMPRESS.get(coding.toLowerCase());
  if (!expand)
    return refused(refuse('unsupported_media_type', { message: 'Content-Encoding may be gzip, deflate or br.' }));
  try {
    return ok(await expand(body, { maxOutputLength: limit }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? refused(refuse('body_too_large'))
      : refused(refuse('invalid_request', { message: 'The body is not what its Content-Encoding says.' }));
  }
}
