import { createServer } from 'node:http';
import { Worker } from 'bullmq';
import { Agent, request } from 'undici';
import { openNaiveDatabase, openNaiveRedis, QUEUE } from './naive-stores.js';

const CONCURRENCY = 64;

/** An afternoon's version of the worker: one message a job. It reads it, sends it and marks it sent. */
const { prisma } = openNaiveDatabase();
const dispatcher = new Agent({ connections: CONCURRENCY });
const carrier = `${process.env['SIMULATOR_URL'] ?? ''}/messages`;
const callbacks = `${process.env['CALLBACK_BASE_URL'] ?? ''}/receipts`;

async function deliver(id: string): Promise<void> {
  const message = await prisma.message.findUnique({ where: { id } });
  if (!message?.payload) throw new Error('no such message');
  const { to, text } = JSON.parse(Buffer.from(message.payload).toString('utf8')) as { to: string; text: string };
  const answer = await request(carrier, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ reference: id, to, text, callback_url: `${callbacks}/${id}` }] }),
    dispatcher,
  });
  const { results } = (await answer.body.json()) as { results: { id?: string }[] };
  const carrierId = results[0]?.id;
  if (answer.statusCode !== 200 || carrierId === undefined) throw new Error('not taken');
  await prisma.message.update({ where: { id }, data: { status: 'sent', sentAt: new Date(), carrierId } });
}

const worker = new Worker<{ id: string }>(QUEUE, ({ data }) => deliver(data.id), {
  connection: openNaiveRedis(),
  concurrency: CONCURRENCY,
});
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
worker.on('failed', (_job, error) => process.stderr.write(`${error.message}\n`));

createServer((_request, response) => response.end('ready')).listen(Number(process.env['PORT']), '127.0.0.1');
