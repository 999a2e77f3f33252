import { connect } from 'node:net';
import { once } from 'node:events';
import { freePort } from '@ardor/testkit/free-port';
import { expect, it } from '@jest/globals';
import { holdPort } from './hold-port.js';

it('takes connections, and ends them and itself when stopped', async () => {
  const port = await freePort();
  const held = await holdPort(port);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await held.stop();
  await closed;
  await (await holdPort(port, 0)).stop();
});

it('gives up when the port is another program’s', async () => {
  const port = await freePort();
  const held = await holdPort(port);
  await expect(holdPort(port, 100)).rejects.toThrow(`port ${port} is taken by another program`);
  await held.stop();
});
