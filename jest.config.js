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

module.exports = {
  projects: [
    project('node', 'node', [
      'src/protocol',
      'src/volume',
      'src/shading',
      'src/formats',
      'src/export',
      'src/notebook',
      'kernel-server',
    ]),
    project('viewer', 'jsdom', ['src/viewer'], {
      transformIgnorePatterns: ['/node_modules/(?!@noble/)'],
    }),
    project('labextension', 'node', ['labextension/ui-tests']),
    project('package', 'node', ['tests/package']),
  ],
};
