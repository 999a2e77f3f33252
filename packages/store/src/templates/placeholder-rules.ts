import { parsePlaceholderRule, type PlaceholderRule } from '@ardor/domain/template/placeholder-rule';

/** Rules as the column has them: by the placeholder's name, as an operator writes them. */
export type PlaceholderRules = Readonly<Record<string, string>>;

/** Reads the column. Throws on a rule that `putTemplate` would have refused. */
export function readPlaceholderRules(column: unknown): ReadonlyMap<string, PlaceholderRule> {
  const rules = new Map<string, PlaceholderRule>();
  for (const [name, text] of Object.entries(column as PlaceholderRules)) {
    const rule = parsePlaceholderRule(text);
    if (!rule) throw new Error(`templates.placeholders has no rule for ${name}`);
    rules.set(name, rule);
  }
  return rules;
}
