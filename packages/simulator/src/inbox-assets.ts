import { createHash } from 'node:crypto';

export const STYLE = `
:root { --page: #eceef1; --phone: #fff; --ink: #1b1d21; --quiet: #6f7680; --line: #e3e6ea; --bubble: #f1f3f6;
  --good: #1f8a4c; --bad: #c0392b; --wait: #a66a00; --link: #1b1d21; }
@media (prefers-color-scheme: dark) {
  :root { --page: #101214; --phone: #1a1d21; --ink: #e8eaed; --quiet: #8f97a3; --line: #2a2e34; --bubble: #262a30;
    --good: #5cc98b; --bad: #f08a7e; --wait: #e0b054; --link: #e8eaed; }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  padding: 32px 16px; display: grid; justify-items: center; gap: 16px; }
.phone { width: 100%; max-width: 420px; height: calc(100vh - 116px); min-height: 480px; display: flex; flex-direction: column;
  background: var(--phone); border: 1px solid var(--line); border-radius: 32px; overflow: hidden;
  box-shadow: 0 18px 48px rgb(0 0 0 / .10); }
header { padding: 24px 24px 16px; border-bottom: 1px solid var(--line); }
h1 { font-size: 24px; line-height: 1.2; letter-spacing: -.01em; }
#totals { color: var(--quiet); font-size: 13px; margin: 2px 0 14px; }
#totals b { color: var(--bad); font-weight: 600; }
.lost #totals::after { content: " · the carrier is out of reach"; color: var(--bad); }
input { width: 100%; font: inherit; color: inherit; background: var(--bubble); border: 1px solid transparent; border-radius: 12px;
  padding: 8px 12px; }
input::placeholder { color: var(--quiet); }
input:focus { outline: none; border-color: var(--quiet); }
ol { list-style: none; padding: 8px 24px 24px; overflow-y: auto; flex: 1; scrollbar-width: thin;
  scrollbar-color: var(--line) transparent; }
ol > li { padding-top: 14px; }
.about { display: flex; justify-content: space-between; gap: 12px; font-size: 13px; font-variant-numeric: tabular-nums; margin-bottom: 5px; }
.about a { color: var(--link); font-weight: 600; text-decoration: none; overflow-wrap: anywhere; }
.about a:hover { text-decoration: underline; }
time { color: var(--quiet); white-space: nowrap; }
.text { display: inline-block; max-width: 100%; min-width: 72px; min-height: 40px; background: var(--bubble);
  border-radius: 4px 18px 18px 18px; padding: 9px 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
.state { font-size: 12px; color: var(--quiet); margin: 4px 0 0 2px; }
.state::before { content: ""; display: inline-block; width: 7px; height: 7px; border-radius: 50%; background: currentColor;
  margin-right: 6px; vertical-align: 1px; }
.delivered .state { color: var(--good); }
.undelivered .state, .rejected .state, .expired .state { color: var(--bad); }
.throttled .state { color: var(--wait); }
.undelivered .text, .rejected .text, .expired .text, .throttled .text { background: none; border: 1px dashed var(--quiet); color: var(--quiet); }
ol > .nothing { color: var(--quiet); text-align: center; padding-top: 48px; }
pre { color: var(--ink); background: var(--bubble); border-radius: 14px; padding: 14px; margin-top: 14px; text-align: left;
  font: 12px/1.6 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
aside { width: 100%; max-width: 420px; font-size: 13px; color: var(--quiet); }
summary { cursor: pointer; text-align: center; }
ul { list-style: none; padding: 12px 8px 0; }
ul li { padding: 3px 0; display: grid; grid-template-columns: max-content 1fr; gap: 12px; align-items: baseline; }
code { font: 12px ui-monospace, Menlo, Consolas, monospace; }
code b { color: var(--ink); }
`;

/** Replaces what changed. A reload would lose the cursor in the filter and the scroll position. */
export const REFRESH = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const id of ['totals', 'messages']) {
      const here = document.getElementById(id), there = page.getElementById(id);
      if (here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
    }
    document.body.classList.remove('lost');
  } catch {
    document.body.classList.add('lost');
  }
}, 2000);
`;

/** Allows only the page's own style and script, by their hashes, and its own refresh. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(REFRESH)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}
