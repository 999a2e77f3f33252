/**
 * Goes on at once with a value that is there, and later with one that is still to come. An `await` of a value that is
 * there costs a turn of the microtask queue; a request passes half a dozen of such places.
 */
export function whenReady<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
