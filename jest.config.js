/** One project for each place the code runs in, and one for the browser tests in a real JupyterLab. */
const transform = {
  '^.+\\.[tj]s$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
  ],
};

const project = (displayName, testEnvironment, roots, more = {}) => ({
  displayName,
  testEnvironment,
  roots: roots.map((root) => `<rootDir>/${root}`),
  testMatch: ['**/*.test.ts'],
  transform,
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/labextension/lib/', '<rootDir>/labextension/slicescope/'],
  ...more,
});

/**
 * What a view sends and gets, its life, and slices of every kind of frame. How pictures look and what a hand does on
 * them is the same whichever way their slices took, and lifecycle-comm has no companion; other files choose a way of
 * their own.
 */
const PROXIED = [
  'view-controls',
  'view-example',
  'view-handle',
  'view-page',
  'view-pixels',
  'view-swap',
  'view-tiles',
  'lifecycle',
  'lifecycle-errors',
  'lifecycle-saved',
].map((name) => `**/ui-tests/${name}.test.ts`);

/** In a real JupyterLab. */
const browser = (displayName, more = {}) =>
  project(displayName, 'node', ['labextension/ui-tests'], {
    setupFilesAfterEnv: ['<rootDir>/labextension/ui-tests/once-more.ts'],
    ...more,
  });

module.exports = {
  projects: [
    project(
      'node',
      'node',
      [
        'src/protocol',
        'src/volume',
        'src/shading',
        'src/formats',
        'src/export',
        'src/notebook',
        'src/cli',
        'kernel-server',
      ],
      // What src/notebook shows is served by a worker, which is compiled code.
      { moduleNameMapper: { '^\\.\\./\\.\\./kernel-server$': '<rootDir>/lib/kernel-server' } },
    ),
    project('viewer', 'jsdom', ['src/viewer', 'src/page'], {
      transformIgnorePatterns: ['/node_modules/(?!@noble/)'],
    }),
    browser('labextension'),
    // The same tests again, through Jupyter's own proxy (ui-tests/way.ts).
    browser('labextension-proxied', { globals: { slicescopeWay: 'proxied' }, testMatch: PROXIED }),
    project('package', 'node', ['tests/package']),
  ],
};
