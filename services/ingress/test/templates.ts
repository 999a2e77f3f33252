import { DEMO } from '@ardor/domain/message/demo';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import type { Database } from '@ardor/store/sql/database';

/** Beside the demo's: `two` has two placeholders, `none` has none, and `foreign` is not granted to the demo client. */
export async function putTestTemplates(database: Database): Promise<void> {
  const common = { validitySeconds: 60, onUnknown: 'wait' } as const;
  await putTemplate(database, { id: 'two', body: '${who}, your code is ${code}. ${who}!', lane: 'notify', ...common });
  for (const id of ['none', 'foreign']) await putTemplate(database, { id, body: 'Hello', lane: 'bulk', ...common });
  for (const id of ['two', 'none']) await grantTemplate(database, DEMO.clientId, id);
}
