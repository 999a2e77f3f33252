import type { Route } from './route.js';

export interface FoundRoute {
  readonly route: Route;
  /** Values of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request's path among those of the table. Only paths that stand there literally, and parameters
 * without anything to decode: undefined says no more than that this is not one of them.
 */
export function findRoute(routes: readonly Route[]): (path: string) => FoundRoute | undefined {
  const plain = new Map(
    routes.filter((route) => !hasParams(route)).map((route) => [route.path, { route, params: {} }]),
  );
  const withParams = routes.filter(hasParams).map(parse);
  return (path) => {
    const found = plain.get(path);
    if (found) return found;
    for (const { route, prefix, names } of withParams) {
      if (!path.startsWith(prefix)) continue;
      const values = path.slice(prefix.length).split('/');
      if (values.length === names.length && values.every((value) => PLAIN.test(value)))
        return { route, params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) };
    }
    return undefined;
  };
}

const hasParams = ({ path }: Route): boolean => path.includes('/:');

/** The characters of UUIDs and of base64url. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

/** `/a/b/:x/:y` → its fixed beginning `/a/b/` and the names that follow. */
function parse(route: Route): { route: Route; prefix: string; names: string[] } {
  const at = route.path.indexOf('/:') + 1;
  const names = route.path.slice(at).split('/');
  if (!names.every((name) => name.startsWith(':'))) throw new Error('parameters stand at the end of a path');
  return { route, prefix: route.path.slice(0, at), names: names.map((name) => name.slice(1)) };
}
