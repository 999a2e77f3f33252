import { STATUS_CODES } from 'node:http';
import type { ApiResponse } from './response.js';

/** A reply as a message of HTTP/1.1, with the same head as Express writes. `keepAliveMs` undefined: the connection ends with it. */
export function rawReply(reply: ApiResponse, requestId: string, keepAliveMs: number | undefined): string {
  const body = JSON.stringify(reply.body);
  let head =
    statusLine(reply.status) +
    `cache-control: no-store\r\nx-request-id: ${requestId}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\ndate: ${httpDate()}\r\n`;
  for (const name in reply.headers) head += `${name}: ${reply.headers[name] ?? ''}\r\n`;
  head +=
    keepAliveMs === undefined
      ? 'connection: close\r\n\r\n'
      : `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
  return head + body;
}

const statusLine = (status: number): string => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;

let second = 0;
let date = '';

/** Made once a second (RFC 9110, 6.6.1). */
function httpDate(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}
