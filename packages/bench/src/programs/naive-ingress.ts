import { randomUUID } from 'node:crypto';
import { DEMO } from '@ardor/domain/message/demo';
import express from 'express';
import Joi from 'joi';
import { openNaiveDatabase, openNaiveQueue, openNaiveRedis } from './naive-stores.js';

/** An afternoon's version of the ingress: every request makes its own round trips, one after the other. */
const { prisma } = openNaiveDatabase();
const redis = openNaiveRedis();
const queue = openNaiveQueue(openNaiveRedis());

interface SendBody {
  readonly client_id: string;
  readonly passcode: string;
  readonly phone_number: string;
  readonly templet_id: string;
  readonly contents: readonly Readonly<Record<string, string>>[];
}

const SEND_BODY = Joi.object<SendBody>({
  client_id: Joi.string().required(),
  passcode: Joi.string().required(),
  phone_number: Joi.string().max(32).required(),
  templet_id: Joi.string().max(64).required(),
  contents: Joi.array().items(Joi.object()).required(),
});
const QUERY_BODY = Joi.object<{ client_id: string; passcode: string; sms_uid: string }>({
  client_id: Joi.string().required(),
  passcode: Joi.string().required(),
  sms_uid: Joi.string().guid().required(),
});
const VALIDITY_MS = 120_000;

const app = express();
app.use(express.json());

app.post('/api/sms/v1/sendsms', async (request, response) => {
  const body = SEND_BODY.validate(request.body);
  if (body.error) return void response.status(400).json({ status: 'error', reason: body.error.message });
  if (!isClient(body.value)) return void response.status(401).json({ status: 'error', reason: 'invalid_passcode' });
  const { client_id: clientId, templet_id: templateId, phone_number: to, contents } = body.value;
  if (!(await redis.set(`number:${to}`, '1', 'EX', 60, 'NX')))
    return void response.status(429).json({ status: 'error', reason: 'number_rate_limited' });
  const id = randomUUID();
  const text = DEMO.templateBody.replace('${code}', Object.values(contents[0] ?? {})[0] ?? '');
  await prisma.message.create({
    data: {
      ...{ id, clientId, templateId, chunkId: id },
      ...{ lane: 'otp', status: 'queuing', onUnknown: 'wait', dueAt: new Date() },
      expiresAt: new Date(Date.now() + VALIDITY_MS),
      phoneMac: Buffer.from(to),
      payload: Buffer.from(JSON.stringify({ to, text })),
    },
  });
  await queue.add('send', { id }, { removeOnComplete: true });
  response.json({ sms_uid: id, status: 'queuing', error_code: '0' });
});

app.post('/api/sms/v1/querysms', async (request, response) => {
  const body = QUERY_BODY.validate(request.body);
  if (body.error) return void response.status(400).json({ status: 'error', reason: body.error.message });
  if (!isClient(body.value)) return void response.status(401).json({ status: 'error', reason: 'invalid_passcode' });
  const message = await prisma.message.findUnique({ where: { id: body.value.sms_uid } });
  if (!message) return void response.status(404).json({ status: 'error', reason: 'message_unknown' });
  response.json({ sms_uid: message.id, status: message.status, error_code: '0' });
});

app.post('/receipts/:id', async (request, response) => {
  const { id } = request.params;
  await prisma.message.update({ where: { id }, data: { status: 'delivered', finalAt: new Date() } });
  response.json({ result: 'stored' });
});

app.get('/readyz', (_request, response) => void response.json({ status: 'ready' }));
app.listen(Number(process.env['PORT']), '127.0.0.1');

const isClient = ({ client_id, passcode }: { client_id: string; passcode: string }): boolean =>
  client_id === DEMO.clientId && passcode === DEMO.passcode;
