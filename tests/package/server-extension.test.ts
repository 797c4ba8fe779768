import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CompanionRecord } from '../../src/protocol';
import { JupyterServer } from './jupyter-server';
import { removeTemporaryFolders, temporaryFolder } from './tools';

jest.setTimeout(120_000);

const SECRET = 'c0ffee'.padEnd(64, '7');
const record = (more: Partial<Record<keyof CompanionRecord, unknown>> = {}): string =>
  JSON.stringify({ port: 40123, secret: SECRET, pid: process.pid, ...more });

let server: JupyterServer;
let kernelId: string;

const recordFile = (id = kernelId): string => join(server.runtimeDir, `slicescope-${id}.json`);

function write(content: string, mode = 0o600, file = recordFile()): void {
  writeFileSync(file, content, { mode });
  chmodSync(file, mode);
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

async function ask(id: string, headers?: Record<string, string>): Promise<Answer> {
  const response = await server.get(`slicescope/api/companions/${id}`, headers);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

async function expectRefusal(id: string, code: string, sentence: RegExp): Promise<void> {
  const { status, body } = await ask(id);
  expect({ status, ...(JSON.parse(body) as object) }).toEqual({
    status: 404,
    code,
    message: expect.stringMatching(sentence),
  });
  expect(body).not.toContain(SECRET);
}

beforeAll(async () => {
  server = await JupyterServer.start(temporaryFolder('server'));
  kernelId = await server.startKernel('python3');
});

afterEach(() => rmSync(recordFile(), { recursive: true, force: true }));

afterAll(async () => {
  await server.stop();
  removeTemporaryFolders();
});

describe("the server extension's answer", () => {
  test("is the record of a kernel's companion and the host that was asked, which no cache keeps", async () => {
    write(record({ pid: process.pid }));
    const { status, body, headers } = await ask(kernelId);
    expect({ status, record: JSON.parse(body) as unknown }).toEqual({
      status: 200,
      record: { port: 40123, secret: SECRET, pid: process.pid, page: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  test('is the same for a TypeScript kernel', async () => {
    const id = await server.startKernel('tslab');
    write(record(), 0o600, recordFile(id));
    expect((await ask(id)).status).toBe(200);
  });

  test.each([{}, { Authorization: 'token wrong' }, { Cookie: 'username-127-0-0-1=x' }])(
    'is 403 without a secret for who is not logged in: %j',
    async (headers) => {
      write(record());
      const { status, body } = await ask(kernelId, headers);
      expect(status).toBe(403);
      expect(body).not.toContain(SECRET);
    },
  );

  test('is 404 for a page of another origin in a browser that is logged in', async () => {
    write(record());
    const login = await server.get(`api/status?token=${server.token}`, {});
    const cookies = login.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    const Cookie = cookies.join('; ');
    expect((await ask(kernelId, { Cookie, Origin: 'http://evil.example' })).status).toBe(404);
  });

  test('is 404 for a kernel that this server does not run, though there is a record', async () => {
    const other = '01234567-89ab-cdef-0123-456789abcdef';
    write(record(), 0o600, recordFile(other));
    await expectRefusal(other, 'unknown-kernel', /^kernel 01234567-.*: this server runs no such kernel/);
  });

  test('says to run the cell again when the kernel has shown nothing', async () => {
    await expectRefusal(
      kernelId,
      'no-companion',
      /^kernel .*: the kernel has shown no volume since it started; run the cell again$/,
    );
  });

  test.each(['..%2f..%2fetc%2fpasswd', '..%5c..', 'a%00b', '%20', 'x'.repeat(129), '*', '%0a'])(
    'is 404 for the id %j',
    async (id) => {
      const { status, body } = await ask(id);
      expect(status).toBe(404);
      expect(body).not.toMatch(/root:|Traceback/);
    },
  );
});

describe('a record is refused', () => {
  test.each([0o644, 0o640, 0o660, 0o606, 0o604])('with the mode %o', async (mode) => {
    write(record(), mode);
    await expectRefusal(kernelId, 'unsafe-record', /only this user can read/);
  });

  test('as a symbolic link', async () => {
    const target = join(server.runtimeDir, 'elsewhere.json');
    write(record(), 0o600, target);
    symlinkSync(target, recordFile());
    await expectRefusal(kernelId, 'unsafe-record', /regular file/);
  });

  test('as a folder', async () => {
    mkdirSync(recordFile(), { mode: 0o700 });
    await expectRefusal(kernelId, 'unsafe-record', /regular file/);
  });

  test('as a pipe, without waiting for a writer', async () => {
    spawnSync('mkfifo', ['-m', '600', recordFile()]);
    expect(existsSync(recordFile())).toBe(true);
    await expectRefusal(kernelId, 'unsafe-record', /regular file/);
  });

  test.each([
    '',
    '[]',
    'null',
    '{"port":1}',
    record().slice(0, 40),
    record({ port: 0 }),
    record({ port: '80' }),
    record({ port: true }),
    record({ secret: 'short' }),
    record({ pid: -1 }),
    record({ pid: 2 ** 40 }),
    record() + ' '.repeat(5000),
    '['.repeat(4000),
  ])('with the content %.50s', async (content) => {
    write(content);
    await expectRefusal(kernelId, 'broken-record', /can't be read/);
  });

  test('when its process has died, and removed', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write(record({ pid }));
    await expectRefusal(kernelId, 'no-companion', /run the cell again/);
    expect(existsSync(recordFile())).toBe(false);
  });

  test('while a good one that replaces it is taken', async () => {
    write(record(), 0o644);
    await expectRefusal(kernelId, 'unsafe-record', /./);
    write(record(), 0o600, `${recordFile()}.new`);
    renameSync(`${recordFile()}.new`, recordFile());
    expect((await ask(kernelId)).status).toBe(200);
  });
});

test("no secret is in the server's log", async () => {
  write(record());
  expect((await ask(kernelId)).status).toBe(200);
  expect(server.log).toContain('slicescope/api/companions');
  expect(server.log).not.toContain(SECRET);
});
