import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { NO_INFLATING, NO_ROOM_FOR_BODY, type BodyLimits } from './body-budget.js';

type Inflate = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const CODINGS = new Map<string, Inflate>([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

const NOT_AS_SAID = 'The body is not what its Content-Encoding says.';

/** Each takes a thread of libuv's pool of four, which belongs to the whole process. */
const INFLATING_AT_ONCE = 2;
/** Bodies that wait for their turn. They are counted as they came. */
const WAITING = 200;

const turns = bulkhead(INFLATING_AT_ONCE, WAITING);

/**
 * The content of a body with a Content-Encoding, of `maxBytes` at most. `body` is counted in `share`; its content is counted in its
 * place, and as the longest that it may be until its length is known. After a refusal nothing is counted.
 */
export async function inflateBody(body: Buffer, coding: string, limits: BodyLimits): Promise<Result<Buffer>> {
  const inflateContent = CODINGS.get(coding.toLowerCase());
  if (!inflateContent) {
    limits.share.resize(body.length, 0);
    return refused(refuse('unsupported_media_type', { message: 'Content-Encoding may be gzip, deflate or br.' }));
  }
  try {
    return await turns.execute(() => inflateCounted(body, inflateContent, limits));
  } catch (error) {
    if (!(error instanceof BulkheadRejectedError)) throw error;
    limits.share.resize(body.length, 0);
    return NO_ROOM_FOR_BODY;
  }
}

async function inflateCounted(
  body: Buffer,
  inflateContent: Inflate,
  { maxBytes, tooLarge, share }: BodyLimits,
): Promise<Result<Buffer>> {
  if (!share.mayInflate()) {
    share.resize(body.length, 0);
    return NO_INFLATING;
  }
  const most = body.length + maxBytes;
  if (!share.resize(body.length, most)) {
    share.resize(body.length, 0);
    return NO_ROOM_FOR_BODY;
  }
  const content = await inflateContent(body, { maxOutputLength: maxBytes }).then(ok, (error: unknown) =>
    refused(isTooLarge(error) ? tooLarge : refuse('invalid_request', { message: NOT_AS_SAID })),
  );
  share.resize(most, content.ok ? content.value.length : 0);
  share.countInflated(content.ok ? content.value.length : maxBytes);
  return content;
}

const isTooLarge = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
