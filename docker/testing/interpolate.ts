const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;

/** Fills `${NAME}`, `${NAME:-default}` and `${NAME:?message}` as compose does. Throws the message of what is missing. */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_, name: string, operator?: string, rest?: string) => {
    const value = env[name];
    if (value) return value;
    if (operator === '?') throw new Error(`${name}: ${rest ?? ''}`);
    return operator === '-' && rest !== undefined ? rest : '';
  });
}

/** The names that `${NAME:?message}` asks for. */
export const requiredNames = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].flatMap(([, name = '', operator]) => (operator === '?' ? [name] : []));
