import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CompanionRecord } from '../../src/protocol';
import { JupyterServer } from './jupyter-server';
import { ROOT, removeTemporaryFolders, run, temporaryFolder, venvCommand } from './tools';

jest.setTimeout(120_000);

const SECRET = 'c0ffee'.padEnd(64, '7');
const READER_SECRET = 'beef'.padEnd(64, '3');
const record = (more: Partial<Record<keyof CompanionRecord, unknown>> = {}): string =>
  JSON.stringify({ port: 40123, secret: SECRET, readerSecret: READER_SECRET, pid: process.pid, ...more });

/** Users by the name in a header, and what each may do with kernels. */
const CONFIG = `
from jupyter_server.auth import Authorizer, IdentityProvider, User

MAY = {"reader": ["read"], "runner": ["execute"], "nobody": [], "owner": ["read", "execute"]}

class ByHeader(IdentityProvider):
    def get_user(self, handler):
        name = handler.request.headers.get("X-Who")
        return User(name) if name in MAY else super().get_user(handler)

class ByName(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return user.username not in MAY or (resource == "kernels" and action in MAY[user.username])

c.ServerApp.identity_provider_class = ByHeader
c.ServerApp.authorizer_class = ByName
c.ServerApp.allow_remote_access = True
`;

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
  server = await JupyterServer.start(temporaryFolder('server'), CONFIG);
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

describe('a user', () => {
  const askAs = async (who: string): Promise<Answer> => await ask(kernelId, { 'X-Who': who });
  const page = expect.stringMatching(/^127\.0\.0\.1:\d+$/);

  test('who may read kernels and execute code gets the secret', async () => {
    write(record());
    const { status, body } = await askAs('owner');
    expect([status, JSON.parse(body)]).toEqual([200, { port: 40123, secret: SECRET, pid: process.pid, page }]);
  });

  test('who may only read kernels gets the secret for looking, and no other', async () => {
    write(record());
    const { status, body } = await askAs('reader');
    expect([status, JSON.parse(body)]).toEqual([200, { port: 40123, readerSecret: READER_SECRET, page }]);
    expect(body).not.toContain(SECRET);
  });

  test('who may only read kernels gets nothing where the library is too old to know of readers', async () => {
    write(record({ readerSecret: undefined }));
    const { status, body } = await askAs('reader');
    expect([status, JSON.parse(body)]).toMatchObject([404, { code: 'no-reader-secret' }]);
    expect(body).not.toContain(SECRET);
    expect((await askAs('owner')).status).toBe(200);
  });

  test.each(['runner', 'nobody'])('%s, who may not read kernels, gets nothing', async (who) => {
    write(record());
    const { status, body } = await askAs(who);
    expect(status).toBe(403);
    expect(body).not.toMatch(new RegExp(`${SECRET}|${READER_SECRET}`));
  });
});

describe('the hosts of pages', () => {
  const file = (): string => join(server.runtimeDir, `slicescope-${kernelId}.pages.json`);
  const noted = (): unknown => JSON.parse(readFileSync(file(), 'utf8'));
  /** Ask through a proxy that serves pages at this host. */
  const askFor = async (host: string): Promise<number> =>
    await new Promise((resolve, reject) => {
      const headers = { Host: host, Authorization: `token ${server.token}` };
      get(server.url(`slicescope/api/companions/${kernelId}`), { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });

  const forget = (): void => {
    rmSync(file(), { recursive: true, force: true });
  };

  beforeEach(() => {
    forget();
    write(record());
  });
  afterEach(forget);

  test('are noted once each, for this user alone', async () => {
    for (const host of ['one.localhost', 'two.localhost:8443', 'one.localhost']) await askFor(host);
    expect(noted()).toEqual(['one.localhost', 'two.localhost:8443']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test('are the newest 64, however long they are and many have asked', async () => {
    const long = (at: number): string => `${String(at)}.${'x'.repeat(230)}.localhost`;
    const hosts = Array.from({ length: 70 }, (_, at) => long(at));
    for (const host of hosts) await askFor(host);
    expect(noted()).toEqual(hosts.slice(-64));
    expect(readFileSync(file()).length).toBeGreaterThan(4096);
    await askFor(hosts[0] as string);
    expect(noted()).toEqual([...hosts.slice(-63), hosts[0]]);
  });

  test.each<[string, string, number]>([
    ['others may read', '["evil.localhost"]', 0o644],
    ['others may write', '["evil.localhost"]', 0o622],
    ['is no list', '{"evil.localhost": 1}', 0o600],
    ['is no JSON', '["evil.localhost"', 0o600],
    ['is deep', '['.repeat(20_000), 0o600],
    ['is too long', `["evil.localhost"]${' '.repeat(70_000)}`, 0o600],
  ])('begin anew where the file %s', async (_, content, mode) => {
    write(content, mode, file());
    await askFor('one.localhost');
    expect(noted()).toEqual(['one.localhost']);
  });

  test('can’t be noted where the folder can’t be written, which the answer says without the secret', async () => {
    mkdirSync(file());
    writeFileSync(join(file(), 'full'), '');
    const { status, body } = await ask(kernelId);
    expect([status, JSON.parse(body)]).toMatchObject([404, { code: 'unnoted-page' }]);
    expect(body).not.toContain(SECRET);
  });
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
    record({ readerSecret: 'short' }),
    record({ readerSecret: 7 }),
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

test('the wheel asks for versions of Jupyter’s packages that have no known holes', () => {
  const dist = join(ROOT, 'labextension', 'dist');
  const [wheel = ''] = readdirSync(dist).filter((name) => name.endsWith('.whl'));
  const code = `
import sys, zipfile
from email.parser import BytesParser
from packaging.requirements import Requirement
archive = zipfile.ZipFile(sys.argv[1])
metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
needs = [Requirement(each) for each in BytesParser().parsebytes(archive.read(metadata)).get_all("Requires-Dist")]
for need in needs:
    versions = ["1.24.0", "2.0.0", "2.21.1", "3.0.0", "4.1.2", "4.2.0", "4.6.0"]
    print(need.name, *[each for each in versions if each in need.specifier])
`;
  const lines = run(venvCommand('python'), ['-c', code, join(dist, wheel)])
    .trim()
    .split('\n');
  expect(lines.sort()).toEqual(['jupyter-server-proxy 4.2.0 4.6.0', 'jupyter-server 2.0.0 2.21.1'].sort());
});
