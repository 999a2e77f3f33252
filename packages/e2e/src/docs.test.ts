import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Setting } from '@ardor/runtime/config/setting-types';
import { startSettings } from '@ardor/devstack/start-settings';
import { FAILURES, REFUSAL_REASONS } from '@ardor/domain/errors/reasons';
import { describe, expect, it } from '@jest/globals';
import { INGRESS_SETTINGS } from '../../../services/ingress/src/config.js';
import { WORKER_SETTINGS } from '../../../services/worker/src/config.js';
import { CHECKOUT } from '@ardor/testkit/paths';

/** Variables that only the `ardor` command reads. */
const COMMAND_VARIABLES = ['ADMIN_DATABASE_URL', 'DEFAULT_REGION', 'ARDOR_PASSCODE'];

const settings = [
  ...Object.values(INGRESS_SETTINGS),
  ...Object.values(WORKER_SETTINGS),
  ...Object.values(startSettings),
] as Setting<unknown>[];
const example = new Map(
  readFileSync(`${CHECKOUT}.env.example`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, hidden, name = '', value = ''] = /^(#?)([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name ? [[name, hidden ? undefined : value] as const] : [];
    }),
);

describe('.env.example', () => {
  it('has every variable that is read, and no other', () => {
    const read = new Set([...settings.map(({ name }) => name), ...COMMAND_VARIABLES]);
    expect([...example.keys()].sort()).toEqual([...read].sort());
  });

  it('has the defaults that the code has', () => {
    for (const { name, schema } of settings) {
      const fallback = schema.validate(undefined).value as string | number | boolean | undefined;
      // The file explains in words the defaults of a worker's ops port and of empty settings.
      if (fallback === undefined || fallback === '' || fallback === 9091) continue;
      expect({ name, default: example.get(name) }).toEqual({ name, default: String(fallback) });
    }
  });
});

describe('docs/SETTINGS.md', () => {
  it('has a row for every variable', () => {
    const page = readFileSync(`${CHECKOUT}docs/SETTINGS.md`, 'utf8');
    const missing = [...example.keys()].filter((name) => !page.includes(`| \`${name}\``));
    expect(missing).toEqual([]);
  });
});

describe('docs/API.md', () => {
  it('has every word that a client may see', () => {
    const text = readFileSync(`${CHECKOUT}docs/API.md`, 'utf8');
    const missing = [...REFUSAL_REASONS, ...Object.keys(FAILURES)].filter((word) => !text.includes(`\`${word}\``));
    expect(missing).toEqual([]);
  });
});

describe('the links of all pages', () => {
  it('lead to files that exist', () => {
    const pages = globSync(['*.md', 'docs/**/*.md', 'docker/*.md', 'packages/*/*.md'], { cwd: CHECKOUT });
    expect(pages.length).toBeGreaterThan(20);
    const broken = pages.flatMap((page) => {
      const links = readFileSync(join(CHECKOUT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g);
      const targets = [...links].map(([, path = '']) => join(dirname(page), path));
      return targets.filter((target) => !existsSync(join(CHECKOUT, target))).map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});
