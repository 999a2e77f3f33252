import { describe, expect, it } from '@jest/globals';
import { findRoute } from './find-route.js';
import { createResponseDeadline } from './response-deadline.js';
import { okResponse } from './response.js';
import type { Route } from './route.js';

const patience = createResponseDeadline({ stallMs: 1_000, maxMs: 1_000 });
const handle = () => Promise.resolve(okResponse({}));
const route = (path: string): Route => ({ path, maxBodyBytes: 1, patience, handle });
const ROUTES = ['/a', '/a/batch', '/r/:id/:token', '/r/s/:one'].map(route);
const find = findRoute(ROUTES);

describe('findRoute', () => {
  it.each(ROUTES.slice(0, 2))('finds what stands there literally: $path', (one) => {
    expect(find(one.path)).toEqual({ route: one, params: {} });
  });

  it('finds parameters of letters, digits, _ and -, each by its place', () => {
    expect(find('/r/Az09_-/x')).toEqual({ route: ROUTES[2], params: { id: 'Az09_-', token: 'x' } });
    expect(find('/r/__proto__/constructor')?.params).toEqual({ id: '__proto__', token: 'constructor' });
  });

  it('takes the first of the table where several fit, and the next where one does not', () => {
    expect(find('/r/s/x')?.route).toBe(ROUTES[2]);
    expect(findRoute([...ROUTES].reverse())('/r/s/x')).toEqual({ route: ROUTES[3], params: { one: 'x' } });
    expect(findRoute([...ROUTES].reverse())('/r/t/x')?.route).toBe(ROUTES[2]);
  });

  it.each([
    ...['', '/', 'a', '/A', '/a/', '/a?', '/a?b=c', '/a#', '//a', '/a/batch/', '/%61', 'http://x/a', '*'],
    ...['/r', '/r/', '/r/x', '/r/x/', '/r//x', '/r/x/y/', '/r/x/y/z', '/r/x/y?z', '/r/x%2F/y', '/r/x/y.z', '/R/x/y'],
    ...['/r/x\n/y', '/r/ü/y', '/r/:id/:token', '__proto__', '/constructor'],
  ])('leaves all else to others: %j', (path) => {
    expect(find(path)).toBeUndefined();
  });

  it('refuses a table with a parameter in the middle of a path', () => {
    expect(() => findRoute([route('/r/:id/end')])).toThrow('parameters stand at the end');
  });
});
