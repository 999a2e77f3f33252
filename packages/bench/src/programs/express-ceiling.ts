import express from 'express';
import { SEND_BODY } from './send-schema.js';

/** What the framework leaves to do: Express, its JSON reader, a schema, and a fixed answer. */
const app = express();
app.use(express.json());
app.post('/api/sms/v1/sendsms', (request, response) => {
  const { error } = SEND_BODY.validate(request.body);
  if (error) response.status(400).json({ status: 'error', reason: error.message });
  else response.json({ sms_uid: '550e8400-e29b-41d4-a716-446655440000', status: 'queuing', error_code: '0' });
});
app.get('/readyz', (_request, response) => void response.json({ status: 'ready' }));
app.listen(Number(process.env['PORT']), '127.0.0.1');
