import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ROOT, removeTemporaryFolders, run, temporaryFolder } from './tools';

jest.setTimeout(600_000);

/** What `import … from 'slicescope'` brings at run time. An addition is a decision: it is hard to take back. */
const EXPORTS = [
  ...['SlicescopeError', 'Volume', 'exportAnimation', 'exportMontage', 'exportSlice', 'exportStack'],
  ...['isSlicescopeError', 'link', 'show'],
];

const PROGRAM = `
import { Volume, link, show, exportSlice, isSlicescopeError, SlicescopeError } from 'slicescope';
import type { SliceView, VoxelEvent } from 'slicescope';

type IsAny<T> = 0 extends 1 & T ? true : false;
function refuse<T extends false>(): T | undefined { return undefined; }

// A declaration that this compiler can't read becomes any without a word: none of these may.
refuse<IsAny<typeof Volume>>();
refuse<IsAny<Volume>>();
refuse<IsAny<Volume['data']>>();
refuse<IsAny<Volume['shape']>>();
refuse<IsAny<ReturnType<Volume['slice']>>>();
refuse<IsAny<ReturnType<Volume['slice']>['data']>>();
refuse<IsAny<typeof show>>();
refuse<IsAny<Parameters<typeof show>[0]>>();
refuse<IsAny<Parameters<typeof show>[1]>>();
refuse<IsAny<ReturnType<typeof show>>>();
refuse<IsAny<SliceView>>();
refuse<IsAny<SliceView['index']>>();
refuse<IsAny<SliceView['volume']>>();
refuse<IsAny<SliceView['window']>>();
refuse<IsAny<typeof link>>();
refuse<IsAny<VoxelEvent['values'][number]>>();
refuse<IsAny<typeof exportSlice>>();
refuse<IsAny<Parameters<typeof exportSlice>[2]>>();
refuse<IsAny<Parameters<SliceView['exportStack']>[1]>>();
refuse<IsAny<Parameters<typeof Volume.open>[1]>>();
refuse<IsAny<SlicescopeError['code']>>();

const volume: Volume = Volume.from(Uint16Array.from({ length: 24 }, (_, i) => 100 * i), [2, 3, 4]);
const look = (view: SliceView): number => view.index;
export const named = (view: SliceView): void => { view.window = 'bone'; };
export const heard = (view: SliceView) => view.on('click', ({ position, value }) => { position.map((at) => at + 1); refuse<IsAny<typeof value>>(); });
export const linked = (view: SliceView): (() => void) => link([view, view], ['index', 'window']);
// @ts-expect-error: a view needs a volume
export const wrong = () => show('a volume');

export async function opens(): Promise<Volume> { return Volume.open('brain.nii.gz'); }
export async function writes(): Promise<void> { await exportSlice(volume, 'slice.png', { plane: 'xz', index: 1 }); }

let refused = 'nothing';
try { Volume.from(new Uint8Array(3), [2, 2, 2]); } catch (error) { if (isSlicescopeError(error)) refused = error.code; }

const slice = volume.slice('xz', 1);
console.log(JSON.stringify({
  slice: { width: slice.width, height: slice.height, data: Array.from(slice.data) },
  value: volume.valueAt(1, 2, 3),
  look: typeof look,
  refused,
  exports: Object.keys(require('slicescope')).sort(),
}));
`;

describe('the packed npm package', () => {
  let folder: string;
  let output: unknown;
  let packed: { filename: string; files: { path: string }[] };

  beforeAll(() => {
    folder = temporaryFolder('consumer');
    const answer = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    [packed] = JSON.parse(answer.slice(answer.indexOf('[\n'), answer.lastIndexOf(']') + 1)) as [typeof packed];
    const compiler = versionOf('tslab/package.json', '@tslab/typescript-for-tslab');
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name: 'consumer',
        private: true,
        dependencies: { slicescope: `file:./${packed.filename}` },
        devDependencies: { '@tslab/typescript-for-tslab': compiler, '@types/node': '^18.16.2' },
      }),
    );
    // What setup has just fetched is in npm's cache.
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
  });

  afterAll(removeTemporaryFolders);

  test("type-checks with tslab's compiler and settings, libraries included, and nothing is any", () => {
    const options = {
      strict: true,
      skipLibCheck: false,
      module: 'commonjs',
      moduleResolution: 'node10',
      esModuleInterop: true,
      target: 'ES2020',
      lib: ['ES2022'],
      types: ['node'],
      outDir: 'out',
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }));
    const compiler = join(folder, 'node_modules', '@tslab', 'typescript-for-tslab', 'lib', 'tsc.js');
    expect(run(process.execPath, [compiler, '--version'])).toMatch(/5\.0\./);
    run(process.execPath, [compiler, '-p', '.'], { cwd: folder });
    output = JSON.parse(run(process.execPath, ['out/program.js'], { cwd: folder }));
  });

  test('works when it is required there', () => {
    const at = (x: number, y: number, z: number): number => 100 * (x + 2 * (y + 3 * z));
    expect(output).toMatchObject({
      slice: { width: 2, height: 4, data: [0, 1, 2, 3].flatMap((z) => [at(0, 1, z), at(1, 1, z)]) },
      value: 2300,
      look: 'function',
      refused: 'shape-mismatch',
    });
  });

  test('exports what is written down here, and no more', () => {
    expect(output).toMatchObject({ exports: EXPORTS });
  });

  test('brings the command slicescope', () => {
    const command = join(folder, 'node_modules', '.bin', 'slicescope');
    expect(run(command, ['--version'], { cwd: folder })).toMatch(/^\d+\.\d+\.\d+\n$/);
    writeFileSync(
      join(folder, 'ramp.raw'),
      Uint8Array.from({ length: 24 }, (_, i) => i),
    );
    const described = ['ramp.raw', '--shape', '2x3x4', '--dtype', 'uint8', '--json'];
    expect(JSON.parse(run(command, ['info', ...described], { cwd: folder }))).toMatchObject({ range: [0, 23] });
  });

  test('brings the page that it serves, whole', async () => {
    const options = ['ramp.raw', '--shape', '2x3x4', '--dtype', 'uint8', '--no-open'];
    const viewing = spawn(join(folder, 'node_modules', '.bin', 'slicescope'), ['view', ...options], { cwd: folder });
    try {
      const ended = once(viewing, 'close').then(([status]) => {
        throw new Error(`slicescope view has ended with ${String(status)}`);
      });
      const [line] = (await Promise.race([once(viewing.stdout, 'data'), ended])) as [Buffer];
      const url = new URL(line.toString('utf8').trim());
      for (const [path, start] of [
        ['/', '<!doctype html>'],
        ['/page.css', '.slicescope-'],
        ['/page.js', ''],
      ] as const) {
        const answer = await fetch(new URL(path, url));
        const text = await answer.text();
        expect([path, answer.status, text.slice(0, start.length)]).toEqual([path, 200, start]);
        const file = join(folder, 'node_modules/slicescope/lib/page', path === '/' ? 'index.html' : path);
        expect(text).toBe(readFileSync(file, 'utf8'));
      }
    } finally {
      viewing.kill();
    }
    const licences = readFileSync(join(folder, 'node_modules/slicescope/lib/page/LICENSES.txt'), 'utf8');
    for (const name of ['three', '@noble/hashes', 'lru-cache']) expect(licences).toMatch(new RegExp(`^${name}$`, 'm'));
  });

  test('has only compiled code, declarations and its papers, and no test', () => {
    const paths = packed.files.map(({ path }) => path);
    const expected =
      /^(lib\/(src|kernel-server)\/.+\.(js|d\.ts)|lib\/page\/(index\.html|page\.js|page\.css|LICENSES\.txt)|lib\/reader\/((file|write-level|fill|chunk)-worker\.js|geotiff\.js|LICENSES\.txt)|package\.json|README\.md|LICENSE)$/;
    const inner = /\.test\.|testing\/|^lib\/src\/(viewer|page)/;
    expect(paths.filter((path) => !expected.test(path) || inner.test(path))).toEqual([]);
    expect(paths).toContain('lib/src/index.d.ts');
    expect(paths).toContain('LICENSE');
  });

  test('has nothing that publint warns of', () => {
    const publint = join(ROOT, 'node_modules', 'publint', 'src', 'cli.js');
    // Below a warning it would like "type": "commonjs", with which bundlers refuse the viewer's ES modules.
    const args = ['run', join(folder, packed.filename), '--strict', '--level', 'warning'];
    expect(run(process.execPath, [publint, ...args], { cwd: ROOT })).toMatch(/All good/);
  });
});

/** The version of a dependency that a package of node_modules asks for. */
function versionOf(manifest: string, dependency: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'node_modules', manifest), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[dependency] ?? 'missing';
}
