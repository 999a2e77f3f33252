import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { BodyBudget, BodyLimits } from './body-budget.js';
import { refusalForError, RETRY_AFTER, type RefuseErrorDeps } from './refusal-for-error.js';
import type { Handler, Route } from './route.js';

/** How much of a body is read, and which function handles it. Both depend on the credentials in the request's head. */
export interface BodyHandling extends BodyLimits {
  readonly handle: Handler;
}

export interface BodyHandlingDeps extends RefuseErrorDeps {
  readonly bodyBudget: Pick<BodyBudget, 'known' | 'anonymous'>;
}

/** For a request whose head has no credentials. */
export function anonymousHandling(route: Route, { bodyBudget }: BodyHandlingDeps): BodyHandling {
  const maxBytes = Math.min(route.maxAnonymousBodyBytes, route.maxBodyBytes);
  const message = `Without HTTP Basic a body may have ${maxBytes} bytes. Send the credentials as HTTP Basic for up to ${route.maxBodyBytes} bytes.`;
  const tooLarge = maxBytes < route.maxBodyBytes ? refuse('body_too_large', { message }) : TOO_LARGE;
  return { maxBytes, tooLarge, share: bodyBudget.anonymous, handle: route.handle };
}

const TOO_LARGE = refuse('body_too_large');

/** For a request whose head has credentials, once they are checked; or why its body is not read. Stops waiting at the route's deadline; never rejects. */
export function identifiedHandling(
  route: Route,
  identified: Promise<Result<Handler>>,
  requestId: string,
  deps: BodyHandlingDeps,
): Promise<Result<BodyHandling>> {
  return new Promise((resolve) => {
    const stopWaiting = route.deadline.start(() => resolve(refused(refuse('no_answer_in_time', RETRY_AFTER))));
    const finish = (handling: Result<BodyHandling>): void => {
      stopWaiting();
      resolve(handling);
    };
    identified.then(
      (handler) =>
        finish(
          handler.ok
            ? ok({
                maxBytes: route.maxBodyBytes,
                tooLarge: TOO_LARGE,
                share: deps.bodyBudget.known,
                handle: handler.value,
              })
            : handler,
        ),
      (error: unknown) => finish(refused(refusalForError(error, route, requestId, deps))),
    );
  });
}
