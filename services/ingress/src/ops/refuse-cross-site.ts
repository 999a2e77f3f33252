import type { Request, RequestHandler } from 'express';

/** RFC 9110 §9.2.1: what these methods do must change nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that a page of another site had a browser send: the browser adds the dashboard's password by itself. A
 * request with neither Sec-Fetch-Site nor Origin is no browser's, so it passes. (As CrossOriginProtection of Go 1.25.)
 */
export const refuseCrossSite: RequestHandler = (request, response, next) => {
  if (SAFE_METHODS.has(request.method) || !isCrossSite(request)) {
    next();
    return;
  }
  response
    .status(403)
    .type('text')
    .send(
      'Another site sent this request. A proxy in front must leave the Host and Origin headers as the browser sent them.\n',
    );
};

function isCrossSite({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  // Browsers send Sec-Fetch-Site only over HTTPS and to localhost. Origin comes with each change, over HTTP too.
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
