import { request, type Dispatcher } from 'undici';
import { testKeyring } from '@ardor/testkit/fixtures';

const keyring = testKeyring();

/** A carrier that changes its mind: what was delivered is said not to have been. Ardor must keep to what it has told. */
export async function contradict(api: string, id: string, dispatcher: Dispatcher): Promise<void> {
  const answer = await request(`${api}/receipts/simulator/${id}/${keyring.receiptToken(id)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'again', reference: id, status: 'undelivered', code: '001' }),
    dispatcher,
  });
  await answer.body.dump();
}
