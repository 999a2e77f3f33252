import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { startCarrier } from '../test/carrier.js';

async function pageOf(url: string): Promise<{ html: string; policy: string; type: string }> {
  const response = await fetch(url);
  const { headers } = response;
  return {
    html: await response.text(),
    policy: headers.get('content-security-policy') ?? '',
    type: headers.get('content-type') ?? '',
  };
}

describe('the inbox page', () => {
  it('says how a message gets here while it is empty', async () => {
    const carrier = await startCarrier();
    const { html, type } = await pageOf(carrier.url);
    expect(type).toBe('text/html; charset=utf-8');
    expect(html).toContain(`curl ${carrier.url}/messages`);
    expect(html).toContain('0 taken');
  });

  it('shows number, text, state and time, newest first', async () => {
    const carrier = await startCarrier();
    await carrier.submit({ text: 'the older' }, { reference: 'ref-2', to: '+8617000100001', text: 'the newer' });
    await carrier.reaches('ref-1', 'delivered');
    const { html } = await pageOf(carrier.url);
    expect(html.indexOf('the newer')).toBeLessThan(html.indexOf('the older'));
    expect(html).toMatch(
      /<li class="rejected">[^]*\+8617000100001[^]*<time datetime="[^"]+">[^]*the newer[^]*rejected/,
    );
    expect(html).toMatch(/<li class="delivered">[^]*\+8613800138000[^]*the older[^]*delivered/);
  });

  it('shows the latest 100', async () => {
    const carrier = await startCarrier();
    const some = (call: string) =>
      Array.from({ length: 60 }, (_, n) => ({ reference: `${call}-${n}`, text: `[${call}]` }));
    await carrier.submit(...some('old'));
    await carrier.submit(...some('new'));
    const { html } = await pageOf(carrier.url);
    expect(html.split('[new]')).toHaveLength(61);
    expect(html.split('[old]')).toHaveLength(41);
  });

  it.each(['+8613900139000', '%2B8613900139000', '86 139', '13900139000'])('filters by number: %s', async (number) => {
    const carrier = await startCarrier();
    await carrier.submit({ text: 'for one' }, { reference: 'ref-2', to: '+8613900139000', text: 'for the other' });
    const { html } = await pageOf(`${carrier.url}/?number=${number}`);
    expect(html).toContain('for the other');
    expect(html).not.toContain('for one');
  });

  it('escapes whatever came from outside', async () => {
    const carrier = await startCarrier();
    const attack = `</p><script>alert(1)</script><img src=x onerror='alert(1)'>"&amp;`;
    await carrier.submit({ text: attack }, { reference: 'ref-2', to: `"><script>alert(2)</script>` });
    const { html } = await pageOf(`${carrier.url}/`);
    expect(html).toContain(
      '&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot;&amp;amp;',
    );
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;');
    expect(html).not.toMatch(/<script>alert|<img/);
    const filtered = await pageOf(`${carrier.url}/?number=${encodeURIComponent(`"><script>alert(3)</script>`)}`);
    expect(filtered.html).not.toMatch(/<script>alert/);
  });

  it('escapes the host it is asked by', async () => {
    const carrier = await startCarrier();
    const html = await new Promise<string>((resolve, reject) => {
      const call = request({ port: carrier.port, host: '127.0.0.1', headers: { host: '<b>x</b>' } }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(body));
      });
      call.on('error', reject).end();
    });
    expect(html).not.toContain('<b>x</b>');
    expect(html).toContain('&lt;b&gt;x&lt;/b&gt;');
  });

  it('allows its own style and script by hash, and nothing else', async () => {
    const carrier = await startCarrier();
    const { html, policy } = await pageOf(carrier.url);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const tag of ['style', 'script']) {
      const source = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';
      expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(source).digest('base64')}'`);
    }
    expect(html.replaceAll(/<pre>[^]*?<\/pre>/g, '')).not.toMatch(/(src|href|url)\s*[=(]\s*["']?(https?:)?\/\//);
  });
});
