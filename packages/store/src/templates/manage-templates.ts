import type { Lane, OnUnknown } from '@ardor/domain/message/status';
import { parsePlaceholderRule } from '@ardor/domain/template/placeholder-rule';
import { parseTemplate, templateProblem } from '@ardor/domain/template/template';
import type { Database } from '../sql/database.js';
import { AdminError } from '../clients/manage-clients.js';
import type { PlaceholderRules } from './placeholder-rules.js';

export interface TemplateInput {
  readonly id: string;
  readonly body: string;
  readonly lane: Lane;
  /** 1 to 604800: a week. */
  readonly validitySeconds: number;
  readonly onUnknown: OnUnknown;
  /** What placeholders may be; the others have the default rule. */
  readonly placeholders?: PlaceholderRules;
}

/** Creates or replaces a template. Messages accepted before keep their text. Throws AdminError for an invalid body or rule. */
export async function putTemplate(
  { prisma }: Database,
  { id, placeholders = {}, ...fields }: TemplateInput,
): Promise<void> {
  const problem = templateProblem(fields.body) ?? rulesProblem(fields.body, placeholders);
  if (problem) throw new AdminError(`template ${id}: ${problem}`);
  const template = { ...fields, placeholders };
  await prisma.template.upsert({
    where: { id },
    create: { id, ...template },
    update: { ...template, updatedAt: new Date() },
  });
}

function rulesProblem(body: string, placeholders: PlaceholderRules): string | undefined {
  const { names } = parseTemplate(body);
  for (const [name, rule] of Object.entries(placeholders)) {
    if (!names.includes(name)) return `there is no placeholder ${name}`;
    if (!parsePlaceholderRule(rule))
      return `placeholder ${name}: a rule is digits, text or any, with {most} or {least,most} characters`;
  }
  return undefined;
}

/** Lets a client use a template. Repeating it is no error. Throws AdminError when the client or the template is unknown. */
export async function grantTemplate({ prisma }: Database, clientId: string, templateId: string): Promise<void> {
  if (!(await prisma.client.findUnique({ where: { id: clientId } })))
    throw new AdminError(`there is no client ${clientId}`);
  if (!(await prisma.template.findUnique({ where: { id: templateId } })))
    throw new AdminError(`there is no template ${templateId}`);
  const grant = { clientId, templateId };
  await prisma.templateGrant.upsert({ where: { clientId_templateId: grant }, create: grant, update: {} });
}

/** Takes the grant back. It is no error when there was none. */
export async function revokeTemplate({ prisma }: Database, clientId: string, templateId: string): Promise<void> {
  await prisma.templateGrant.deleteMany({ where: { clientId, templateId } });
}

export async function listTemplates({ prisma }: Database): Promise<TemplateInput[]> {
  const templates = await prisma.template.findMany({
    orderBy: { id: 'asc' },
    select: { id: true, body: true, lane: true, validitySeconds: true, onUnknown: true, placeholders: true },
  });
  return templates.map((one) => ({ ...one, placeholders: one.placeholders as PlaceholderRules }));
}
