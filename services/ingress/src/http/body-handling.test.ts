import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { refuse } from '@ardor/domain/errors/reasons';
import { StoreError } from '@ardor/store/sql/store-error';
import { describe, expect, it } from '@jest/globals';
import { SILENT } from '../../test/create-test-ingress.js';
import { createBodyBudget } from './body-budget.js';
import { createResponseDeadline } from './response-deadline.js';
import { okResponse } from './response.js';
import type { Handler, Route } from './route.js';
import { anonymousHandling, identifiedHandling } from './body-handling.js';

const handle: Handler = () => Promise.resolve(okResponse({}));
const routeOf = (fields: Partial<Route> = {}): Route => ({
  ...{ path: '/x', maxBodyBytes: 1_000, maxAnonymousBodyBytes: 100, handle },
  deadline: createResponseDeadline({ stallMs: 20, maxMs: 20 }),
  ...fields,
});
const failures: unknown[] = [];
const deps = {
  bodyBudget: createBodyBudget({ maxBytes: 100_000, now: () => 0 }),
  log: SILENT,
  onDatabaseFailure: (error: unknown) => void failures.push(error),
};
const identify = (identified: Promise<Result<Handler>>) => identifiedHandling(routeOf(), identified, 'an-id', deps);
const reasonOf = async (identified: Promise<Result<Handler>>): Promise<string | undefined> => {
  const handling = await identify(identified);
  return handling.ok ? undefined : handling.refusal.reason;
};

describe('handling a body', () => {
  it('that is known may send what the route allows; one that is not may send less, and is told how to send more', async () => {
    const known = await identify(Promise.resolve(ok(handle)));
    expect(known).toMatchObject({ ok: true, value: { maxBytes: 1_000, share: deps.bodyBudget.known, handle } });
    const anonymous = anonymousHandling(routeOf(), deps);
    expect(anonymous).toMatchObject({ maxBytes: 100, share: deps.bodyBudget.anonymous, handle });
    expect(anonymous.tooLarge.message).toMatch(/100 bytes.*HTTP Basic.*1000 bytes/);
    const allowed = anonymousHandling(routeOf({ maxAnonymousBodyBytes: 2_000 }), deps);
    expect(allowed.maxBytes).toBe(1_000);
    expect(allowed.tooLarge.message).not.toMatch(/HTTP Basic/);
  });

  it('is refused as its credentials are', async () => {
    expect(await reasonOf(Promise.resolve(refused(refuse('client_disabled'))))).toBe('client_disabled');
  });

  it('is refused when nobody can tell who it is: no answer, no database, a bug', async () => {
    expect(await reasonOf(new Promise(() => undefined))).toBe('no_answer_in_time');
    const away = new StoreError('away', {
      ...{ kind: 'unavailable', sqlstate: undefined, certainlyNotStored: true, operational: true, cause: undefined },
    });
    expect(await reasonOf(Promise.reject(away))).toBe('database_unavailable');
    expect(failures).toEqual([away]);
    expect(await reasonOf(Promise.reject(new Error('a bug')))).toBe('internal_error');
  });
});
