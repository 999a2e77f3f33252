import { describe, expect, it } from '@jest/globals';
import { SILENT } from '../../test/create-test-ingress.js';
import { createBodyBudget } from './body-budget.js';
import { runHandler } from './handle-request.js';
import { okResponse, type ApiResponse } from './response.js';
import type { Route } from './route.js';

const BODY = Buffer.alloc(10_000);

/** One request to a route that answers when it is told to, and whose deadline ends when it is told to. */
function ask() {
  const written: ApiResponse[] = [];
  const seen = { left: 0, progress: 0 };
  const budget = createBodyBudget({ maxBytes: 100_000, now: () => 0 });
  budget.anonymous.resize(0, BODY.length);
  let over = (): void => undefined;
  let end: (reply: ApiResponse) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const route: Route = {
    path: '/slow',
    maxBodyBytes: 1,
    maxAnonymousBodyBytes: 1,
    deadline: {
      progress: () => {
        seen.progress++;
      },
      start: (onOver) => {
        over = onOver;
        return () => (over = () => undefined);
      },
    },
    handle: () =>
      new Promise((resolve, reject) => {
        end = resolve;
        fail = reject;
      }),
  };
  const deps = {
    log: SILENT,
    onDatabaseFailure: () => undefined,
    loadShedder: {
      tryAdmit: () => () => {
        seen.left++;
      },
    },
  };
  const request = {
    id: 'an-id-of-one',
    peer: {},
    contentType: undefined,
    params: {},
    body: BODY,
    logged: {},
  };
  void runHandler(route, { handle: route.handle, share: budget.anonymous }, request, deps).then((response) =>
    written.push(response),
  );
  const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    ...{ written, seen, held: budget.used },
    over: () => (over(), settled()),
    end: (reply: ApiResponse) => (end(reply), settled()),
    fail: () => (fail(new Error('broken')), settled()),
  };
}

describe('an answer', () => {
  it('is what the handler says, and a success is progress', async () => {
    const { written, seen, end, over } = ask();
    await end(okResponse({}));
    await over();
    expect({ written, ...seen }).toEqual({ written: [okResponse({})], left: 1, progress: 1 });
  });

  it('that would come too late is given once, and its success is progress all the same', async () => {
    const { written, seen, held, end, over } = ask();
    await over();
    expect(held()).toBe(BODY.length);
    expect({ reasons: written.map(({ reason }) => reason), ...seen }).toEqual({
      ...{ reasons: ['no_answer_in_time'], left: 0, progress: 0 },
    });
    await end(okResponse({}));
    expect({ answers: written.length, ...seen }).toEqual({ answers: 1, left: 1, progress: 1 });
    // The body of a late handler is held until it is done.
    expect(held()).toBe(0);
  });

  it('that is a refusal, or a failure, is no progress', async () => {
    const [refused, failed] = [ask(), ask()];
    await refused.end({ ...okResponse({}), status: 429 });
    await failed.fail();
    expect([refused.seen.progress, failed.seen.progress]).toEqual([0, 0]);
    expect(failed.written.map(({ status }) => status)).toEqual([500]);
  });
});
