/**
 * typescript-eslint's strict, type-checked rules, and who may import whom (docs/architecture.md).
 * tests/package/lint.test.ts proves the import rules with an import that is forbidden in each folder.
 */
import { posix } from 'node:path';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.test.ts', '**/testing/**', 'labextension/ui-tests/**', 'bench/**', 'tests/**'];
const SOURCES = ['src/**/*.ts', 'kernel-server/**/*.ts', 'labextension/src/**/*.ts'];

/** What the code of a folder may import beside itself: other folders, and packages by the start of their name. */
const AREAS = [
  { folder: 'src/protocol', folders: [], packages: [] },
  { folder: 'src/volume', folders: ['src/protocol'], packages: [] },
  { folder: 'src/shading', folders: ['src/protocol'], packages: [] },
  {
    folder: 'src/formats',
    folders: ['src/protocol', 'src/volume', 'src/shading'],
    packages: [
      'node:',
      'sharp',
      'geotiff',
      'h5wasm',
      'nifti-reader-js',
      'saxes',
      'yauzl',
      'dicom-parser',
      '@iwharris/dicom-data-dictionary',
      '@cornerstonejs/',
      'jpeg-lossless-decoder-js',
      'zarrita',
      '@zarrita/storage',
      'lru-cache',
    ],
  },
  {
    folder: 'src/export',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats'],
    packages: ['node:', 'sharp', 'opentype.js'],
  },
  { folder: 'src/viewer', folders: ['src/protocol', 'src/shading'], packages: ['lru-cache', '@noble/hashes'] },
  { folder: 'src/page', folders: ['src/protocol', 'src/shading', 'src/viewer'], packages: [] },
  {
    folder: 'kernel-server',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/export', 'src/formats'],
    packages: ['node:', 'ws', 'lru-cache'],
  },
  {
    folder: 'src/notebook',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats', 'src/export', 'kernel-server'],
    packages: ['node:', 'open'],
  },
  {
    folder: 'src/cli',
    folders: ['src/protocol', 'src/volume', 'src/shading', 'src/formats', 'src/export', 'src/notebook'],
    packages: ['node:', 'commander'],
  },
  {
    folder: 'labextension/src',
    folders: [],
    packages: [
      '@jupyterlab/',
      '@jupyter-widgets/',
      '@lumino/',
      'slicescope/lib/src/viewer',
      'slicescope/lib/src/protocol',
    ],
  },
];

/** Only the scene draws. */
const SCENE = { files: 'src/viewer/scene', packages: ['three'] };

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const oneOf = (names) => (names.length === 0 ? '(?!)' : `(?:${names.map(escaped).join('|')})`);
/** A package named with its last slash or colon is a family; any other is itself or a path in it. */
const packagePattern = (names) =>
  oneOf(names.filter((n) => /[/:]$/.test(n))) + '|' + oneOf(names.filter((n) => !/[/:]$/.test(n))) + '(?:/|$)';

/** How deep a folder may be below its area. */
const DEPTH = 3;

/** The rule for the files of an area that lie `depth` folders below the area's parent. */
function importRule({ folder, folders, packages }, depth) {
  const reachable = folders.map((other) => posix.relative(posix.dirname(folder), other));
  const allowed = [...folders, ...packages].join(', ') || 'nothing';
  const message = `${folder} may import, beside itself: ${allowed}.`;
  const leaves = `^${'\\.\\./'.repeat(depth - 1)}\\.\\.(?:/(?!${oneOf(reachable)}(?:/|$))|$)`;
  return [
    'error',
    {
      patterns: [
        { regex: leaves, message },
        { regex: `^(?!\\.)(?!${packagePattern(packages)})`, message },
      ],
    },
  ];
}

/** One configuration a depth, because how a path leaves its area depends on how deep the file lies. */
function importDirections(area, files = area.folder) {
  const below = files.split('/').length - area.folder.split('/').length;
  return Array.from({ length: DEPTH - below }, (_, extra) => ({
    files: [`${files}/${'*/'.repeat(extra)}*.ts`],
    ignores: TESTS,
    rules: { '@typescript-eslint/no-restricted-imports': importRule(area, 1 + below + extra) },
  }));
}

const viewer = AREAS.find(({ folder }) => folder === 'src/viewer');
const scene = { ...viewer, packages: [...viewer.packages, ...SCENE.packages] };

const noSocket = { name: 'WebSocket', message: 'Only src/viewer/transport touches a socket.' };
const ofAPlace = (name) => ({ name, message: 'src/protocol runs in browsers and in Node: neither DOM nor Node.' });
const PLACES = [
  'window',
  'document',
  'navigator',
  'location',
  'fetch',
  'process',
  'Buffer',
  'require',
  '__dirname',
  'global',
];

export default tseslint.config(
  {
    ignores: [
      '**/lib/**',
      '**/node_modules/**',
      '**/.venv/**',
      '.setup/**',
      'bench/.work/**',
      'labextension/slicescope/**',
      'labextension/dist/**',
      'coverage/**',
      'test-results/**',
      'examples/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    // One program for all: with those of the projects, each source would be read and checked several times.
    languageOptions: { parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // isolatedDeclarations wants the types that this rule would remove.
      '@typescript-eslint/no-inferrable-types': 'off',
      '@typescript-eslint/consistent-generic-constructors': 'off',
      // `!` is refused, so what is known and can't be told otherwise is said with `as`.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: TESTS.map((glob) => (glob.endsWith('.ts') ? glob : `${glob}/*.ts`)),
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  ...AREAS.flatMap((area) => importDirections(area)),
  ...importDirections(scene, SCENE.files),
  {
    files: SOURCES,
    ignores: [...TESTS, 'src/viewer/transport/**'],
    rules: { 'no-restricted-globals': ['error', noSocket] },
  },
  {
    files: ['src/protocol/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-globals': ['error', noSocket, ...PLACES.map(ofAPlace)] },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { ecmaVersion: 'latest' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
    },
  },
);
