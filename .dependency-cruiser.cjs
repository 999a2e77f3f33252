// The import table of docs/ARCHITECTURE.md, as a check.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: ['\\.test\\.ts$', '/testing/', '^(packages|services)/[^/]+/test/'] },
  to: { path: '^(packages|services|prisma)/', pathNot: allowed },
});

const STAGES = 'guards|accept|query|receipts|consume|deliver|recovery|maintenance';

module.exports = {
  forbidden: [
    only('domain-stands-alone', '^packages/domain/', '^packages/domain/', 'domain imports nothing of ours'),
    only(
      'crypto-knows-domain',
      '^packages/crypto/',
      '^packages/(crypto|domain)/',
      'the only package with a native module',
    ),
    only('runtime-knows-domain', '^packages/runtime/', '^packages/(runtime|domain)/'),
    ...['store', 'queue', 'rate-limits', 'gateways'].map((name) =>
      only(`${name}-stays-low`, `^packages/${name}/`, `^packages/(${name}|domain|crypto|runtime)/`),
    ),
    only('simulator-stands-alone', '^packages/simulator/', '^packages/simulator/', 'it is another program'),
    only('devstack-stays-low', '^packages/devstack/', '^packages/(devstack|domain|runtime)/'),
    only(
      'testkit-stays-low',
      '^packages/testkit/',
      '^packages/(testkit|devstack|domain|crypto|runtime)/',
      'the store tests use it',
    ),
    only('seed-through-store', '^prisma/', '^(prisma|packages/(store|domain|crypto|runtime))/'),
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'tests-stay-in-tests',
      severity: 'error',
      from: {
        path: '^(services|packages)/',
        pathNot: [
          '\\.test\\.ts$',
          '/testing/',
          '^(packages|services)/[^/]+/test/',
          '^packages/(testkit|chaos|e2e|bench)/',
        ],
      },
      to: { path: '^packages/(testkit|chaos|e2e|bench)/' },
    },
    {
      name: 'nothing-imports-commands-and-e2e',
      severity: 'error',
      from: { path: '^(?:services|packages|prisma)/([^/]+)/' },
      to: { path: '^packages/(bench|chaos|e2e)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'stages-never-import-each-other',
      comment: 'only routes, compose files and consume join the stages of a service',
      severity: 'error',
      from: { path: `^services/([^/]+)/src/(${STAGES})/`, pathNot: ['\\.test\\.ts$', '/src/consume/'] },
      to: { path: `^services/[^/]+/src/(${STAGES})/`, pathNot: '^services/$1/src/$2/' },
    },
    {
      name: 'prisma-stays-in-store',
      severity: 'error',
      from: { path: '^(services|packages)/', pathNot: '^packages/store/' },
      to: { path: '(@prisma/|packages/store/src/generated)' },
    },
    {
      name: 'express-stays-at-the-edge',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(simulator|runtime|bench)/' },
      to: { path: 'node_modules/express/' },
    },
    { name: 'no-cycles', severity: 'error', from: { pathNot: 'generated' }, to: { circular: true } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/', 'packages/store/src/generated'] },
    exclude: { path: ['/dist/', 'packages/store/src/generated/(internal|models)'] },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
