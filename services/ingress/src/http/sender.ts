import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { BodyBudget, BodyLimits } from './body-budget.js';
import { refusalForError, RETRY_AFTER, type RefuseErrorDeps } from './refusal-for-error.js';
import type { Handler, Route } from './route.js';

/** Who sends a request, as far as its head says it: how much of the body is read, and who handles it. */
export interface Sender extends BodyLimits {
  readonly handle: Handler;
}

export interface SenderDeps extends RefuseErrorDeps {
  readonly bodyBudget: Pick<BodyBudget, 'known' | 'anonymous'>;
}

/** A sender of whom the head says nothing. */
export function anonymousSender(route: Route, { bodyBudget }: SenderDeps): Sender {
  const maxBytes = Math.min(route.maxAnonymousBodyBytes, route.maxBodyBytes);
  const message = `Without HTTP Basic a body may have ${maxBytes} bytes. Send the credentials as HTTP Basic for up to ${route.maxBodyBytes} bytes.`;
  const tooLarge = maxBytes < route.maxBodyBytes ? refuse('body_too_large', { message }) : TOO_LARGE;
  return { maxBytes, tooLarge, share: bodyBudget.anonymous, handle: route.handle };
}

const TOO_LARGE = refuse('body_too_large');

/** The sender that the Authorization header proves, or why the body is not read. Stops waiting at the route's deadline; never rejects. */
export function identifySender(
  route: Route,
  identified: Promise<Result<Handler>>,
  requestId: string,
  deps: SenderDeps,
): Promise<Result<Sender>> {
  return new Promise((resolve) => {
    const stopWaiting = route.deadline.start(() => resolve(refused(refuse('no_answer_in_time', RETRY_AFTER))));
    const finish = (sender: Result<Sender>): void => {
      stopWaiting();
      resolve(sender);
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
