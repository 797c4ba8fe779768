import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { ROOT } from './tools';

jest.setTimeout(120_000);

const IMPORTS = 'slicescope(imports)';
const GLOBALS = 'eslint(no-restricted-globals)';

interface Case {
  readonly path: string;
  readonly code: string;
  readonly reported: string | null;
}

const importing = (path: string, from: string, reported: string | null): Case => ({
  path,
  code: `export * from '${from}';`,
  reported,
});
const allowed = (path: string, ...sources: string[]): Case[] => sources.map((from) => importing(path, from, null));
const forbidden = (path: string, ...sources: string[]): Case[] => sources.map((from) => importing(path, from, IMPORTS));

const CASES: readonly Case[] = [
  ...allowed('src/protocol/probe.ts', './types'),
  ...forbidden('src/protocol/probe.ts', '../volume', '..', '../index', 'node:fs', 'three', 'ws', '../../kernel-server'),
  ...allowed('src/volume/probe.ts', '../protocol', './dtype'),
  ...forbidden('src/volume/probe.ts', '../shading', '../export', 'node:fs', '../viewer', '../../kernel-server'),
  ...allowed('src/shading/probe.ts', '../protocol'),
  ...forbidden('src/shading/probe.ts', '../volume', '../notebook', 'sharp', 'three'),
  ...allowed('src/formats/probe.ts', '../protocol', '../volume', 'node:fs', 'nifti-reader-js', 'dicom-parser', 'sharp'),
  ...forbidden('src/formats/probe.ts', '../export', '../notebook', '../viewer', 'three', 'ws'),
  ...allowed('src/formats/testing/deep/probe.ts'),
  ...allowed('src/export/probe.ts', '../volume', '../shading', '../formats', 'node:fs', 'sharp', 'opentype.js'),
  ...forbidden('src/export/probe.ts', '../notebook', '../../kernel-server', 'ws', 'three'),
  ...allowed('src/notebook/probe.ts', '../volume', '../export', '../formats', '../../kernel-server', 'node:path'),
  ...forbidden('src/notebook/probe.ts', '../viewer', '../../labextension/src', 'ws', 'sharp', '../index'),
  ...allowed('src/cli/probe.ts', '../notebook', '../export', '../formats', 'node:fs', 'commander'),
  ...forbidden('src/cli/probe.ts', '../viewer', '../../kernel-server', 'sharp', 'ws'),
  ...allowed('src/viewer/probe.ts', '../protocol', '../shading', './scene', 'lru-cache'),
  ...forbidden(
    'src/viewer/probe.ts',
    'three',
    '../volume',
    '../../kernel-server',
    'node:fs',
    'ws',
    '@jupyterlab/services',
  ),
  ...allowed('src/viewer/scene/probe.ts', 'three', 'three/addons/x.js', '../slice-cache', '../../protocol'),
  ...forbidden('src/viewer/scene/probe.ts', '../../volume', '../../../kernel-server', 'node:fs', 'threejs'),
  ...forbidden('src/viewer/transport/probe.ts', 'three', 'ws', '../../volume'),
  ...allowed('src/page/probe.ts', '../viewer', '../viewer/slice-feed', '../protocol', '../shading'),
  ...forbidden('src/page/probe.ts', 'three', '../volume', '../../kernel-server', 'node:fs', '../../labextension/src'),
  ...allowed('kernel-server/probe.ts', '../src/protocol', '../src/volume', '../src/shading', 'ws', 'node:http'),
  ...forbidden(
    'kernel-server/probe.ts',
    '../src/viewer',
    '../src/notebook',
    '../labextension/src',
    'three',
    '../src/index',
  ),
  ...allowed(
    'labextension/src/probe.ts',
    'slicescope/lib/src/viewer',
    '@jupyterlab/services',
    '@jupyter-widgets/base',
    './model',
  ),
  ...forbidden(
    'labextension/src/probe.ts',
    'slicescope',
    'slicescope/lib/src/volume',
    '../../kernel-server',
    'three',
    'ws',
    'node:fs',
  ),
  { path: 'src/viewer/probe.ts', code: "export const socket = new WebSocket('ws://localhost');", reported: GLOBALS },
  {
    path: 'labextension/src/probe.ts',
    code: "export const socket = new WebSocket('ws://localhost');",
    reported: GLOBALS,
  },
  {
    path: 'src/viewer/transport/probe.ts',
    code: "export const socket = new WebSocket('ws://localhost');",
    reported: null,
  },
  { path: 'src/protocol/probe.ts', code: 'export const width = window.innerWidth;', reported: GLOBALS },
  { path: 'src/protocol/probe.ts', code: "export const bytes = Buffer.from('');", reported: GLOBALS },
  {
    path: 'src/volume/probe.ts',
    code: 'export const value: any = 1;',
    reported: 'typescript(no-explicit-any)',
  },
  { path: 'src/volume/probe.ts', code: 'export const end = / +$/;', reported: 'regular-expressions(linear-time)' },
  { path: 'src/volume/probe.ts', code: 'export const end = /^ +$/;', reported: null },
];

/** The rules that are reported of each piece of code, in a folder with the repository's rules. They need no types. */
function lint(cases: readonly Case[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'slicescope-lint-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules/scslre'), join(folder, 'node_modules/scslre')); // A rule of ours needs it.
    cpSync(join(ROOT, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
    const rules = readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8');
    writeFileSync(join(folder, '.oxlintrc.json'), rules.replace('"typeAware": true', '"typeAware": false'));
    const paths = cases.map(({ path }, at) => path.replace('probe', `probe-${String(at)}`));
    for (const [at, path] of paths.entries()) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), cases[at]!.code);
    }
    const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format=json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return paths.map((path) => diagnostics.filter(({ filename }) => filename === path).map(({ code }) => code));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the lint rules', () => {
  const answers = lint(CASES);

  test.each(CASES.map((item, at) => ({ ...item, at, verb: item.reported === null ? 'let' : 'refuse' })))(
    '$verb $code in $path',
    ({ reported, at }) => {
      expect(answers[at]).toEqual(reported === null ? [] : [reported]);
    },
  );
});
