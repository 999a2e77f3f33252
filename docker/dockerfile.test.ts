import { describe, expect, it } from '@jest/globals';
import { INGRESS_SETTINGS } from '../services/ingress/src/config.js';
import { WORKER_SETTINGS } from '../services/worker/src/config.js';
import { dockerfileProblems, type Expectations } from './testing/dockerfile-problems.js';
import { readRoot } from './testing/read.js';

const { packageManager } = JSON.parse(readRoot('package.json')) as { packageManager: string };
const port = (setting: { schema: { validate(value: undefined): { value: unknown } } }): number =>
  setting.schema.validate(undefined).value as number;

const expected: Expectations = {
  services: {
    ingress: [port(INGRESS_SETTINGS.httpPort), port(INGRESS_SETTINGS.opsPort)],
    worker: [port(WORKER_SETTINGS.opsPort)],
    simulator: [8090],
  },
  commands: ['migrate'],
  secrets: Object.values({ ...INGRESS_SETTINGS, ...WORKER_SETTINGS }).flatMap(({ name, secret }) =>
    secret ? [name] : [],
  ),
  pnpm: packageManager,
};
const dockerfile = readRoot('docker/Dockerfile');

describe('the Dockerfile', () => {
  it('has no problems', () => {
    expect(dockerfileProblems(dockerfile, expected)).toEqual([]);
  });

  // Each line breaks the file in one way, so that a check that has gone blind is noticed.
  it.each<[string, string | RegExp, string]>([
    ['Unknown instruction: RUNN', 'RUN pnpm fetch', 'RUNN pnpm fetch'],
    ['node:26-bookworm-slim names no exact version', /node:26[\d.]+/, 'node:26'],
    ['ENV ARDOR_MASTER_KEY would leave', 'ENV NODE_ENV', 'ENV ARDOR_MASTER_KEY=x NODE_ENV'],
    ['ARG DATABASE_URL would leave', 'EXPOSE 9091', 'ARG DATABASE_URL\nEXPOSE 9091'],
    ['ADD fetches', 'COPY prisma', 'ADD prisma'],
    ['pnpm install may change', ' --frozen-lockfile', ''],
    ['deploy takes the development', /--prod (?=.*worker)/, ''],
    ['the workspace is built with', /pnpm@[\d.]+/, 'pnpm@10.0.0'],
    ['there is no target worker', 'AS worker', 'AS labourer'],
    ['worker runs as root', /^USER .*/m, ''],
    ['simulator runs as node', /^USER .*/m, 'USER node'],
    ['ingress starts in shell form', 'CMD ["node", "dist/main.js"]', 'CMD node dist/main.js'],
    ['migrate does not start node', 'ENTRYPOINT ["node",', 'ENTRYPOINT ["npx",'],
    ['worker is not built for production', 'NODE_ENV=production', ''],
    ['ingress has no health check', /^HEALTHCHECK.*\n.*9090.*$/m, ''],
    ['the health check of worker asks another port', '|| 9091', '|| 1234'],
    ['ingress does not expose 9090', 'EXPOSE 8080 9090', 'EXPOSE 8080'],
    ['migrate ends on its own', 'HEALTHCHECK NONE', ''],
  ])('would notice: %s', (problem, from, to) => {
    const broken = dockerfile.replace(from, to);
    expect(broken).not.toBe(dockerfile);
    expect(dockerfileProblems(broken, expected)).toContainEqual(expect.stringContaining(problem));
  });
});
