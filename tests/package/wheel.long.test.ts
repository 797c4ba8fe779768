import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ROOT, cleanEnvironment, removeTemporaryFolders, run, temporaryFolder, venvCommand } from './tools';

jest.setTimeout(600_000);

const NPM_VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
const windows = process.platform === 'win32';

describe('the wheel in a clean environment', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let command: (name: string) => string;

  beforeAll(() => {
    folder = temporaryFolder('wheel');
    const venv = join(folder, 'venv');
    const bin = join(venv, windows ? 'Scripts' : 'bin');
    command = (name) => join(bin, name);
    env = cleanEnvironment(folder, bin);
    run(venvCommand('python'), ['-m', 'venv', venv]);
    const dist = join(ROOT, 'labextension', 'dist');
    const wheels = readdirSync(dist).filter((name) => name.endsWith('.whl'));
    expect(wheels).toEqual([`slicescope-${NPM_VERSION}-py3-none-any.whl`]);
    // JupyterLab is what a user has; the wheel brings the rest.
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--constraint', 'requirements.txt'];
    run(command('python'), [...pip, 'jupyterlab'], { cwd: ROOT, env });
    run(command('python'), [...pip, join(dist, wheels[0] ?? '')], { cwd: ROOT, env });
  });

  afterAll(removeTemporaryFolders);

  test('is listed by JupyterLab as enabled and OK', () => {
    const listed = run(command('jupyter'), ['labextension', 'list'], { env, cwd: folder });
    expect(plain(listed)).toMatch(
      new RegExp(`@slicescope/labextension v${NPM_VERSION} enabled OK \\(python, slicescope\\)`),
    );
  });

  test('is listed by the server as enabled and OK', () => {
    const listed = plain(run(command('jupyter'), ['server', 'extension', 'list'], { env, cwd: folder }));
    expect(listed).toMatch(/slicescope enabled/);
    expect(listed).toMatch(new RegExp(`slicescope ${NPM_VERSION} OK`));
    expect(listed).toMatch(/jupyter_server_proxy enabled/);
  });

  test('depends on nothing that it does not name', () => {
    expect(run(command('python'), ['-m', 'pip', 'check'], { env, cwd: folder })).toMatch(/No broken requirements/);
  });

  test('has its licence and no file outside of its own folders', () => {
    const files = run(command('python'), ['-m', 'pip', 'show', '--files', 'slicescope'], { env, cwd: folder });
    expect(files).toMatch(/licenses\/.*LICENSE/);
    const paths = files
      .slice(files.indexOf('Files:'))
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replaceAll('\\', '/'));
    const own =
      /^(slicescope\/|slicescope-[\d.]+\.dist-info\/|(\.\.\/)*(share\/jupyter\/labextensions\/@slicescope\/|etc\/jupyter\/jupyter_server_config\.d\/slicescope\.json))/;
    expect(paths.filter((path) => path !== '' && !own.test(path))).toEqual([]);
  });
});

/** Without the colours of a terminal, and with single spaces. */
function plain(text: string): string {
  return text.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +/g, ' ');
}
