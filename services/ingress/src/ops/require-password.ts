import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { FailedLogins } from '../http/failed-logins.js';

const USER = 'ardor';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Asks for the dashboard's password (HTTP Basic). An address with too many failures is refused, also with the right password. */
export function requirePassword(
  password: string,
  failedLogins: Pick<FailedLogins, 'record' | 'retryAfterSeconds'>,
): RequestHandler {
  const wanted = digest(`${USER}:${password}`);
  return (request, response, next) => {
    const given = request.get('authorization');
    const waitSeconds = given === undefined ? undefined : failedLogins.retryAfterSeconds(request.ip);
    if (waitSeconds !== undefined) {
      failedLogins.record({ reason: 'not_compared', address: request.ip });
      response
        .status(429)
        .set('retry-after', String(waitSeconds))
        .type('text')
        .send(`Too many wrong passwords came from this address. Try again in ${waitSeconds} s.\n`);
      return;
    }
    const encoded = /^Basic +(\S+)$/i.exec(given ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString('utf8')), wanted)) {
      next();
      return;
    }
    // A browser's first request has no password yet: that is no failure.
    if (given !== undefined) failedLogins.record({ reason: 'password_wrong', address: request.ip });
    response
      .status(401)
      .set('www-authenticate', 'Basic realm="Ardor queues"')
      .type('text')
      .send('The user is ardor, the password DASHBOARD_PASSWORD.\n');
  };
}
