import { html, type CallResponse } from './call-response.js';
import { escapeHtml } from './escape-html.js';
import type { Inbox, InboxMessage } from './inbox.js';
import { CONTENT_SECURITY_POLICY, REFRESH, STYLE } from './inbox-assets.js';
import type { Ledger } from './ledger.js';
import type { State } from './protocol.js';
import type { ReceiptSender } from './receipt-sender.js';
import { MAGIC_PREFIX, SCRIPTS } from './magic-numbers.js';

const MAX_SHOWN = 100;

const STATE_LABELS: Record<State, string> = {
  taken: 'taken',
  delivered: 'delivered',
  undelivered: 'not delivered',
  rejected: 'rejected',
  expired: 'expired',
  throttled: 'throttled',
};

export interface InboxDeps {
  readonly ledger: Pick<Ledger, 'totals'>;
  readonly inbox: Pick<Inbox, 'latest'>;
  readonly receipts: Pick<ReceiptSender, 'waiting'>;
}

/** GET /: the page of handsets. Every value from outside goes through escapeHtml. */
export function showInbox(deps: InboxDeps, host: string, digits: string): CallResponse {
  const messages = deps.inbox.latest(MAX_SHOWN, digits);
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Handsets</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main class="phone">
<header>
<h1>Messages</h1>
${totals(deps)}
<form action="/" role="search">
<input type="search" name="number" value="${digits}" placeholder="Filter by number" aria-label="Filter by number" inputmode="tel" autocomplete="off">
</form>
</header>
<ol id="messages">${messages.length > 0 ? messages.map(bubble).join('') : nothing(host, digits)}</ol>
</main>
<aside>${scripts()}</aside>
<script>${REFRESH}</script>
</body>
</html>
`;
  return html(page, { 'content-security-policy': CONTENT_SECURITY_POLICY, 'referrer-policy': 'no-referrer' });
}

function totals({ ledger, receipts }: InboxDeps): string {
  const { taken, duplicates } = ledger.totals();
  const parts = [`${count(taken)} taken`];
  if (duplicates.length > 0) parts.push(`<b>${count(duplicates.length)} taken more than once</b>`);
  if (receipts.waiting() > 0) parts.push(`receipts waiting: ${count(receipts.waiting())}`);
  return `<p id="totals">${parts.join(' · ')}</p>`;
}

function bubble({ to, text, state, at }: InboxMessage): string {
  const number = escapeHtml(to);
  const filter = escapeHtml(encodeURIComponent(to));
  return `<li class="${state}">
<p class="about"><a href="/?number=${filter}">${number}</a><time datetime="${new Date(at).toISOString()}">${clock(at)}</time></p>
<p class="text" dir="auto">${escapeHtml(text)}</p>
<p class="state">${STATE_LABELS[state]}</p>
</li>`;
}

function nothing(host: string, digits: string): string {
  if (digits !== '') return `<li class="nothing"><p>No message to a number with <b>${digits}</b> in it.</p></li>`;
  const command = `curl http://${host === '' ? 'localhost' : host}/messages \\
  -H 'content-type: application/json' -d '
    {"messages": [{
      "reference": "hello-1",
      "to": "${MAGIC_PREFIX}000001",
      "text": "Your code is 482913"
    }]}'`;
  return `<li class="nothing"><p>No message yet. Send one:</p><pre>${escapeHtml(command)}</pre></li>`;
}

function scripts(): string {
  const prefix = MAGIC_PREFIX.replace('+86', '+86 ');
  const rows = SCRIPTS.map(({ does }, digit) => `<li><code>${prefix} <b>${digit}</b> nnnnn</code> ${does}</li>`);
  return `<details><summary>What the numbers do</summary><ul>${rows.join('')}<li>Every other number: delivered</li></ul></details>`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

/** Local time. The date is shown only when it is not today. */
function clock(at: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString('en-CA')} ${time}`;
}
