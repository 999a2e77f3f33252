import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { closeServer, listen } from '@ardor/runtime/process/listen';
import { startService } from '@ardor/devstack/service';
import { CHROMIUM_ARGS, findChromium } from './chromium.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { request } from 'undici';
import { send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { CHECKOUT, TOOLS } from '@ardor/testkit/paths';
import { DASHBOARD_PASSWORD } from '@ardor/testkit/fixtures';
import { startStack, type Stack } from './stack.js';

/** The folder of screenshots. */
const PICTURES = `${CHECKOUT}coverage/pictures`;

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  const [{ executablePath, env }] = await Promise.all([
    findChromium({ cacheDir: TOOLS }),
    mkdir(PICTURES, { recursive: true }),
  ]);
  browser = await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: [...CHROMIUM_ARGS, '--disable-background-networking', '--disable-sync'],
  });
  stack = await startStack({ workers: 0 });
}, 300_000);
afterAll(async () => {
  await browser.close();
  await stack.close();
});

const basic = (password: string): string => `Basic ${Buffer.from(`ardor:${password}`).toString('base64')}`;
const ops = (): string => stack.ops[0] ?? '';

describe('the dashboard', () => {
  it('asks for the password', async () => {
    for (const headers of [{}, { authorization: basic('wrong') }, { authorization: 'Bearer x' }]) {
      const answer = await request(`${ops()}/queues`, { headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
      await answer.body.dump();
    }
  });

  it('shows the lanes and a waiting job, and nothing of the message but its id', async () => {
    const sent = await send(stack.apis[0] ?? '', '13800138000', { contents: [{ p1: 'CANARY77' }] });
    const page = await (
      await browser.newContext({ httpCredentials: { username: 'ardor', password: DASHBOARD_PASSWORD } })
    ).newPage();
    const problems: string[] = [];
    // The page names a web font of another host. Its content policy keeps the browser from requesting it.
    page.on(
      'console',
      (message) =>
        message.type() === 'error' && !message.text().includes('fonts.googleapis.com') && problems.push(message.text()),
    );
    page.on('pageerror', (error) => problems.push(error.message));
    page.on(
      'response',
      (one) =>
        new URL(one.url()).origin !== ops() && !one.url().startsWith('data:') && problems.push(`had ${one.url()}`),
    );
    await page.goto(`${ops()}/queues`);
    for (const lane of ['otp', 'notify', 'bulk']) await page.getByText(lane, { exact: true }).first().waitFor();
    await page.screenshot({ path: `${PICTURES}/dashboard.png` });
    await page.goto(`${ops()}/queues/queue/otp?status=waiting`);
    await page
      .getByText(sent.body['sms_uid'] ?? 'no id')
      .first()
      .waitFor();
    await page.screenshot({ path: `${PICTURES}/dashboard-job.png` });
    const html = await page.content();
    expect(html).not.toContain('CANARY77');
    expect(html).not.toContain('13800138000');
    expect(problems).toEqual([]);
  });

  it('changes nothing unless it is switched on', async () => {
    const sent = await send(stack.apis[0] ?? '', '13800138001');
    const job = sent.body['sms_uid'] ?? '';
    const key = `${stack.redis.prefix}:otp:${job}`;
    await waitFor(async () => (await stack.redis.redis.exists(key)) === 1);
    for (const change of [`otp/${job}/clean`, 'otp/pause', 'otp/empty']) {
      const answer = await request(`${ops()}/queues/api/queues/${change}`, {
        method: 'PUT',
        headers: { authorization: basic(DASHBOARD_PASSWORD) },
      });
      expect(answer.statusCode).toBe(405);
      await answer.body.dump();
    }
    expect(await stack.redis.redis.exists(key)).toBe(1);
  });

  it('takes changes from its own pages, and none from another site’s', async () => {
    const ingress = await startService({ name: 'ingress', env: { ...stack.env, DASHBOARD_WRITABLE: 'true' } });
    const api = `${ingress.opsUrl}/queues/api/queues`;
    const foreign = createServer((_request, response) =>
      response
        .setHeader('content-type', 'text/html')
        .end(`<form method="post" action="${api}/otp/add"><button>Win a prize</button></form>`),
    );
    const port = await listen(foreign, 0, '127.0.0.1');
    const page = await (
      await browser.newContext({ httpCredentials: { username: 'ardor', password: DASHBOARD_PASSWORD } })
    ).newPage();
    try {
      await page.goto(`${ingress.opsUrl}/queues`);
      const change = (verb: string): Promise<number> =>
        page.evaluate(async (url) => (await fetch(url, { method: 'PUT' })).status, `${api}/bulk/${verb}`);
      expect([await change('pause'), await change('resume')]).toEqual([200, 200]);
      await page.goto(`http://127.0.0.1:${port}`);
      const answered = page.waitForResponse((one) => one.url() === `${api}/otp/add` && one.status() !== 401);
      await page.getByRole('button').click();
      expect((await answered).status()).toBe(403);
    } finally {
      await page.close();
      await closeServer(foreign);
      await ingress.stop();
    }
  });
});
