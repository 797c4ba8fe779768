/**
 * One project for each place the code runs in. Which of them `npm test` and `npm run test:all` run is said by the ends of
 * their names (scripts/tests/tiers.mjs):
 *
 * - `*.long.test.ts` is in a project `…-long`: too long for `npm test`.
 * - `*.serial.test.ts` is in a project `…-serial`: it compares time or memory with a figure, so that nothing may run beside it.
 */
const transform = {
  '^.+\\.[tj]s$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
  ],
};

/** What src/notebook shows is served by a worker, which is compiled code. */
const COMPILED = { moduleNameMapper: { '^\\.\\./\\.\\./kernel-server$': '<rootDir>/lib/kernel-server' } };
const UI_TESTS = 'labextension/ui-tests';
const BROWSER = {
  ...COMPILED,
  testEnvironment: '<rootDir>/tests/browser/environment.ts',
  globalTeardown: '<rootDir>/tests/browser/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/tests/equality.ts', '<rootDir>/tests/browser/try-again.ts'],
};
/** In a real JupyterLab. */
const LAB = {
  ...BROWSER,
  globalSetup: `<rootDir>/${UI_TESTS}/global-setup.ts`,
  globalTeardown: `<rootDir>/${UI_TESTS}/global-teardown.ts`,
};
/** The same through Jupyter's own proxy (ui-tests/way.ts). */
const PROXIED = {
  ...LAB,
  globalSetup: `<rootDir>/${UI_TESTS}/global-setup-proxied.ts`,
  globals: { slicescopeWay: 'proxied' },
};

/**
 * What a view sends and gets, its life, and slices of every kind of frame. How pictures look and what a hand does on
 * them is the same whichever way their slices took; other files choose a way of their own.
 */
const THROUGH_THE_PROXY = [
  'view-controls',
  'view-example',
  'view-handle',
  'view-page.long',
  'view-swap',
  'lifecycle',
  'lifecycle.long',
  'lifecycle-errors.long',
  'lifecycle-saved.long',
  'saved-notebook',
];
/** Those of them that say in a few seconds whether the way works at all. */
const PROXIED_FIRST = ['view-swap'];
const uiTests = (names) => names.map((name) => `**/ui-tests/${name}.test.ts`);

/** Tests run in a context of their own, in which looking up a global costs more than what most loops do with it. */
const TYPED_ARRAYS = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64'].map(
  (name) => `${name}Array`,
);
const LOOKED_UP_ONCE = ['Array', 'Math', 'Number', 'Object', ...TYPED_ARRAYS];

const project = (displayName, roots, more = {}) => ({
  displayName,
  testEnvironment: 'node',
  roots: roots.map((root) => `<rootDir>/${root}`),
  testMatch: ['**/*.test.ts'],
  transform,
  setupFilesAfterEnv: ['<rootDir>/tests/equality.ts'],
  sandboxInjectedGlobals: LOOKED_UP_ONCE,
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/labextension/lib/', '<rootDir>/labextension/slicescope/'],
  ...more,
});

const SERIAL = { runner: '<rootDir>/scripts/tests/serial-runner.cjs' };
const LONG_FILES = '\\.long\\.test\\.ts$';
const SERIAL_FILES = '\\.serial(\\.long)?\\.test\\.ts$';

/** A project, and beside it those of its long and its serial files. */
const tiers = (name, roots, more = {}) => [
  project(name, roots, { ...more, testPathIgnorePatterns: ['/node_modules/', LONG_FILES, SERIAL_FILES] }),
  project(`${name}-long`, roots, {
    ...more,
    testMatch: ['**/*.long.test.ts'],
    testPathIgnorePatterns: ['/node_modules/', SERIAL_FILES],
  }),
  project(`${name}-serial`, roots, { ...more, ...SERIAL, testMatch: ['**/*.serial.test.ts'] }),
  project(`${name}-serial-long`, roots, { ...more, ...SERIAL, testMatch: ['**/*.serial.long.test.ts'] }),
];

const NODE_ROOTS = ['protocol', 'volume', 'shading', 'formats', 'export', 'notebook', 'cli'].map(
  (name) => `src/${name}`,
);

module.exports = {
  globalSetup: '<rootDir>/scripts/tests/build.mjs',
  testSequencer: '<rootDir>/scripts/tests/sequencer.cjs',
  // A machine that does other things too may stop for a while; a test that hangs does not go on.
  testTimeout: 60_000,
  // On two processors jest itself would start one.
  maxWorkers: 2,
  projects: [
    ...tiers('node', [...NODE_ROOTS, 'kernel-server'], COMPILED),
    project('viewer', ['src/viewer', 'src/page'], {
      testEnvironment: 'jsdom',
      transformIgnorePatterns: ['/node_modules/(?!@noble/)'],
    }),
    project('labextension-unit', ['labextension/src'], {
      testEnvironment: 'jsdom',
      setupFiles: ['<rootDir>/labextension/src/testing/page.ts'],
      // The viewer's sources, with a scene that needs no WebGL.
      moduleNameMapper: {
        '^slicescope/lib/(.*)$': '<rootDir>/$1',
        '^\\./scene$': '<rootDir>/labextension/src/testing/scene.ts',
      },
      transformIgnorePatterns: ['/node_modules/(?!@noble/|@jupyter-widgets/|@jupyter/ydoc/)'],
    }),
    ...tiers('page', ['tests/page'], BROWSER),
    ...tiers('labextension', [UI_TESTS], LAB),
    project('labextension-proxied', [UI_TESTS], { ...PROXIED, testMatch: uiTests(PROXIED_FIRST) }),
    project('labextension-proxied-long', [UI_TESTS], {
      ...PROXIED,
      testMatch: uiTests(THROUGH_THE_PROXY.filter((name) => !PROXIED_FIRST.includes(name))),
    }),
    ...tiers('package', ['tests/package']),
  ],
};
