import { parseContents } from '@ardor/domain/template/contents';
import type { Keyring } from '@ardor/crypto/keyring';
import { normalizePhone } from '@ardor/domain/phone/normalize-phone';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { countSegments } from '@ardor/domain/text/segments';
import { renderTemplate } from '@ardor/domain/template/template';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import type { TemplateRecord } from '@ardor/store/templates/find-template';
import type { NewMessage } from '@ardor/store/messages/new-message';

export interface SendRequest {
  readonly phone_number: string;
  readonly templet_id: string;
  readonly contents: unknown;
}

/** A message that only lacks its slot, its chunk and its row. */
export type PreparedMessage = Omit<NewMessage, 'chunkId'> & {
  /** Empty until its batch is cut into chunks. */
  chunkId: string;
};

export interface PrepareDeps {
  /** Cached. */
  readonly findTemplate: (templateId: string) => TemplateRecord | undefined | Promise<TemplateRecord | undefined>;
  readonly keyring: Keyring;
  /** A new UUIDv7. */
  readonly newId: () => string;
  readonly maxSegments: number;
}

export type PrepareMessage = (
  client: ClientRecord,
  request: SendRequest,
) => Result<PreparedMessage> | Promise<Result<PreparedMessage>>;

const TEMPLATE_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Template and number: finds the template, renders the text, normalises the number. */
export function createPrepareMessage({ findTemplate, ...deps }: PrepareDeps): PrepareMessage {
  return (client, request) =>
    whenReady(TEMPLATE_ID.test(request.templet_id) ? findTemplate(request.templet_id) : undefined, (record) => {
      if (!record) return refused(refuse('template_unknown'));
      if (!client.grants.has(record.id)) return refused(refuse('template_not_granted'));
      return draft(deps, client, record, request);
    });
}

function draft(
  { keyring, newId, maxSegments }: Omit<PrepareDeps, 'findTemplate'>,
  client: ClientRecord,
  { id: templateId, template, lane, onUnknown, validitySeconds }: TemplateRecord,
  { phone_number, contents }: SendRequest,
): Result<PreparedMessage> {
  const values = parseContents(contents, template);
  if (!values.ok) return values;
  const text = renderTemplate(template, values.value);
  const segments = countSegments(text).count;
  if (segments > maxSegments) {
    return refused(refuse('text_too_long', `The rendered text has ${segments} segments; ${maxSegments} are allowed.`));
  }
  const to = normalizePhone(phone_number, client.region);
  if (!to) return refused(refuse('invalid_phone_number'));
  const phoneMac = keyring.phoneMac(to);
  const clientId = client.id;
  return ok({ id: newId(), chunkId: '', clientId, templateId, lane, onUnknown, validitySeconds, to, text, phoneMac });
}
