/**
 * The layer rule. A model decides and knows nobody; a feature knows models and ports; adapters stand
 * at the edge; the entrypoints and the wiring may see everything; the product and the sandbox never
 * see each other. `test/architecture.test.ts` plants one breach per rule and expects it here.
 */
const FEATURES =
  '^src/(catalog|policy|requests|approvals|grants|evidence|insights|findings|people|jobs)/';
const PORTS =
  '^src/(jira/port|forge/(ports|store-unavailable)|directories/(directory|credential))[.]ts$';
const SDKS = 'node_modules/(@okta|@microsoft|googleapis)/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** What lies in `path` may import what lies in `allowed`, and nothing else: no built-ins either. */
const only = (name, comment, path, allowed) =>
  forbid(name, comment, { path }, { pathNot: allowed });

module.exports = {
  forbidden: [
    only(
      'models-are-pure',
      'A model decides from its arguments. It imports models and shared types.',
      '^src/[^/]+/model/',
      ['^src/[^/]+/model/', '^src/shared/', '^src/contracts/', 'node_modules/zod/'],
    ),
    only(
      'shared-stands-alone',
      'Shared types are imported by everything, so they know no feature and no adapter.',
      '^src/shared/',
      ['^src/shared/', PORTS, '^crypto$', 'node_modules/zod/'],
    ),
    only(
      'contracts-are-plain',
      'Contracts are read by the front end, so they carry schemas and nothing that runs on Forge.',
      '^src/contracts/',
      ['^src/contracts/', '^src/shared/', 'node_modules/zod/'],
    ),
    only(
      'front-end-sees-contracts',
      'A screen shows what the server computed; it never decides a rule again.',
      '^static/',
      ['^static/', '^src/contracts/', '^src/shared/', 'node_modules'],
    ),
    forbid(
      'features-know-ports-only',
      'A feature gets its store, queue, Jira and directories as arguments.',
      { path: FEATURES },
      { path: '^src/(forge|jira|directories)/', pathNot: PORTS },
    ),
    forbid(
      'nobody-imports-the-shell',
      'Entrypoints and wiring are the outermost layer.',
      { path: '^src/[^/]+/', pathNot: '^src/entrypoints/' },
      { path: '^src/(entrypoints/|app[.]ts$|index[.]ts$)' },
    ),
    forbid(
      'adapters-know-ports-and-models',
      'An adapter maps; what to do is decided elsewhere.',
      { path: '^src/(forge|jira|directories)/' },
      {
        path: '^src/',
        pathNot: ['^src/$1/', '^src/[^/]+/model/', '^src/(shared|contracts)/', PORTS],
      },
    ),
    forbid(
      'directories-do-not-share',
      'Each directory can be taken out without touching another.',
      { path: '^src/directories/([^/]+)/' },
      { path: '^src/directories/[^/]+/', pathNot: '^src/directories/$1/' },
    ),
    forbid(
      'forge-at-the-edge',
      'Everything else runs without the platform.',
      { path: '^src/', pathNot: '^src/(entrypoints|forge|jira)/' },
      { path: 'node_modules/@forge/' },
    ),
    forbid(
      'sdk-behind-its-adapter',
      'Only the adapter of a directory knows its SDK.',
      { path: '^src/', pathNot: '^src/directories/(okta|entra|google)/' },
      { path: SDKS },
    ),
    forbid(
      'adapters-load-late',
      'A function that touches no directory must not pay for its SDK when it starts.',
      { path: '^src/', pathNot: '^src/directories/(okta|entra|google)/' },
      {
        path: '^src/directories/(okta|entra|google)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'googleapis-by-sub-path',
      'The root of googleapis loads every Google API there is.',
      { path: '^src/' },
      { path: 'node_modules/googleapis/build/src/(index|googleapis)[.]' },
    ),
    forbid(
      'product-depends-on-what-ships',
      'A development dependency is not there on Forge.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    forbid(
      'product-and-sandbox-apart',
      'Nothing of the sandbox ships.',
      { path: '^(src|static)/' },
      { path: '^(sandbox|test|scripts)/' },
    ),
    forbid(
      'sandbox-and-product-apart',
      'A simulator that shares code with the app would share its mistakes.',
      { path: '^sandbox/' },
      { path: '^(src|static|test|scripts)/' },
    ),
    forbid('no-cycles', 'Two files that need each other are one file.', {}, { circular: true }),
    forbid('imports-resolve', 'A typo in an import.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(static/app/build|dist)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
