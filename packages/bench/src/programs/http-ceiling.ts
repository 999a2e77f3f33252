import { createServer } from 'node:http';

/** The least that a server on Node can do: read a body, parse it, answer. */
createServer((request, response) => {
  if (request.method === 'GET') return void response.end('ready');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { phone_number?: unknown };
    const answer = JSON.stringify({ sms_uid: body.phone_number, status: 'queuing', error_code: '0' });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');
