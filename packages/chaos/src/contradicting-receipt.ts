import { request, type Dispatcher } from 'undici';
import { testKeyring } from '@ardor/testkit/fixtures';

const keyring = testKeyring();

/** Posts a receipt that denies a delivery. Ardor must keep the status that it has reported. */
export async function contradict(api: string, id: string, dispatcher: Dispatcher): Promise<void> {
  const response = await request(`${api}/receipts/simulator/${id}/${keyring.receiptToken(id)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'again', reference: id, status: 'undelivered', code: '001' }),
    dispatcher,
  });
  await response.body.dump();
}
