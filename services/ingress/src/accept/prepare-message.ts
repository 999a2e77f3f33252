import type { Keyring } from '@ardor/crypto/keyring';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { normalizePhone } from '@ardor/domain/phone/normalize-phone';
import { parseContents } from '@ardor/domain/template/contents';
import { renderTemplate } from '@ardor/domain/template/template';
import { countSegments } from '@ardor/domain/text/segments';
import type { SendSlot } from '@ardor/rate-limits/limiter';
import type { FindRecord } from '@ardor/runtime/concurrency/record-cache';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type { NewMessage } from '@ardor/store/messages/new-message';
import type { TemplateRecord } from '@ardor/store/templates/find-template';
import type { LimitAlerts } from '../limits/limit-alerts.js';
import type { QuotaOf } from '../limits/client-quotas.js';
import { refuseDestination } from './refuse-destination.js';
import type { SendRequest } from './schema.js';
import type { SlotKey } from './slot-key.js';

/** A checked and rendered message. It has no slot, no chunk id and no row yet. */
export interface PreparedMessage extends Omit<NewMessage, 'chunkId'>, SendSlot {}

export interface PrepareMessageDeps {
  readonly findTemplate: FindRecord<TemplateRecord>;
  readonly keyring: Pick<Keyring, 'phoneMac'>;
  readonly slotKey: SlotKey;
  readonly quotaOf: QuotaOf;
  readonly alerts: Pick<LimitAlerts, 'refusedDestination'>;
  /** The database's clock, Unix milliseconds. */
  readonly now: () => number;
  /** A new UUIDv7 of that moment. */
  readonly newId: (ms: number) => string;
  /** A text with more segments is refused. */
  readonly maxSegments: number;
}

export type PrepareMessage = (client: ClientRecord, request: SendRequest) => Promise<Result<PreparedMessage>>;

/** Ids that `ardor template put` accepts; any other is unknown without a query. */
const TEMPLATE_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Finds the template, renders the text, normalises the number, and checks that the client may send to it. */
export function createPrepareMessage(deps: PrepareMessageDeps): PrepareMessage {
  const { findTemplate, keyring, slotKey, quotaOf, alerts, now, newId, maxSegments } = deps;
  return async (client, request) => {
    const template = TEMPLATE_ID.test(request.templet_id) ? await findTemplate(request.templet_id) : undefined;
    if (!template) return refused(refuse('template_unknown'));
    if (!client.grants.has(template.id)) return refused(refuse('template_not_granted'));
    const text = renderText(request.contents, template, maxSegments);
    if (!text.ok) return text;
    const number = normalizePhone(request.phone_number, client.region);
    if (!number) return refused(refuse('invalid_phone_number'));
    const notAllowed = refuseDestination(client, number);
    if (notAllowed) {
      alerts.refusedDestination(notAllowed.reason, quotaOf(client));
      return refused(notAllowed);
    }
    const requestedAt = Math.floor(now());
    const phoneMac = keyring.phoneMac(number.e164);
    return ok({
      id: newId(requestedAt),
      clientId: client.id,
      templateId: template.id,
      lane: template.lane,
      onUnknown: template.onUnknown,
      expiresAt: requestedAt + template.validitySeconds * 1000,
      to: number.e164,
      country: number.country,
      text: text.value,
      phoneMac,
      slotKey: slotKey(phoneMac, client.id, template.lane),
      quota: quotaOf(client),
    });
  };
}

function renderText(contents: unknown, { template }: TemplateRecord, maxSegments: number): Result<string> {
  const values = parseContents(contents, template);
  if (!values.ok) return values;
  const text = renderTemplate(template, values.value);
  const segments = countSegments(text).count;
  if (segments <= maxSegments) return ok(text);
  const sentence = `The rendered text has ${segments} segments; ${maxSegments} are allowed.`;
  return refused(refuse('text_too_long', { message: sentence }));
}
