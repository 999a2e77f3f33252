import type { Lane, OnUnknown } from '@ardor/domain/message/status';
import { parseTemplate, type Template } from '@ardor/domain/template/template';
import { readPlaceholderRules } from './placeholder-rules.js';
import type { Database } from '../sql/database.js';

export interface TemplateRecord {
  readonly id: string;
  readonly template: Template;
  readonly lane: Lane;
  readonly validitySeconds: number;
  readonly onUnknown: OnUnknown;
}

export type FindTemplate = (templateId: string) => Promise<TemplateRecord | undefined>;

export function createFindTemplate({ prisma }: Database): FindTemplate {
  return async (templateId) => {
    const row = await prisma.template.findUnique({ where: { id: templateId } });
    if (!row) return undefined;
    const { id, body, lane, validitySeconds, onUnknown } = row;
    return {
      id,
      template: parseTemplate(body, readPlaceholderRules(row.placeholders)),
      lane,
      validitySeconds,
      onUnknown,
    };
  };
}
