import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { phantom } from '../src/volume/testing/phantom';
import { readPage } from './page';
import { serve, type RunningServer } from './server';
import { PAGE_HOST, TestClient } from './testing/client';
import { viewRecord } from './testing/records';
import { FOREIGN_ORIGINS, forgedHosts } from './testing/strangers';
import { Views } from './views';

const SECRET = randomBytes(32).toString('hex');
const FILES = { 'index.html': '<!doctype html>é', 'page.js': 'let page;', 'page.css': 'body {}', 'page.js.map': '{}' };

const folder = mkdtempSync(join(tmpdir(), 'slicescope-page-'));
let server: RunningServer;
beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const views = new Views(() => undefined);
  views.put(viewRecord('a', phantom([5, 4, 6])), 1);
  server = await serve(views, { secret: SECRET, pagesFile: null, page: readPage(folder), port: 0 });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The path is sent as it is; a browser would tidy it up before. */
async function ask(path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

const own = (): string => `127.0.0.1:${String(server.port)}`;

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', FILES['index.html']],
    ['/page.js', 'text/javascript; charset=utf-8', FILES['page.js']],
    ['/page.css', 'text/css; charset=utf-8', FILES['page.css']],
  ])('has at %s its file', async (path, type, text) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers['content-type'], body]).toEqual([200, type, text]);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    const head = await ask(path, 'HEAD');
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', headers['content-length']]);
  });

  test.each(['/', '/page.js', '/page.css', '/nothing'])('may do nothing at %s but what it must', async (path) => {
    const { headers } = await ask(path);
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      'img-src data:',
      `connect-src ws://${own()}`,
      'worker-src blob:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test.each([
    ['another file of its folder', '/page.js.map'],
    ['a file by its name', '/index.html'],
    ['a path upwards', '/../../etc/passwd'],
    ['a path upwards, encoded', '/%2e%2e/%2e%2e/etc/passwd'],
    ['a path upwards to one of its own files', '/x/../page.js'],
    ['backslashes', '/..\\..\\page.js'],
    ['two slashes', '//page.js'],
    ['a slash at the end', '/page.js/'],
    ['a query', '/?secret=1'],
    ['a letter encoded', '/page%2ejs'],
    ['other letters', '/PAGE.JS'],
    ['a zero byte', '/page.js%00.css'],
    ['a whole URL', 'http://evil.example/page.js'],
    ['what every object has', '/constructor'],
    ['an icon', '/favicon.ico'],
  ])('has nothing else: %s', async (_, path) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(body).toBe(`There is nothing here. The page is at http://${own()}/, with its secret.\n`);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('can’t be asked by %s', async (method) => {
    const { status, headers, body } = await ask('/', method);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(body).toBe('There is nothing here but a page to look at.\n');
  });

  test('never says the secret', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/x']) {
      const { headers, body } = await ask(path);
      expect(JSON.stringify(headers) + body).not.toContain(SECRET);
    }
  });
});

describe('by a loopback name', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]'])('%s the page may be asked for, and connects to that', async (name) => {
    const host = `${name}:${String(server.port)}`;
    const { status, headers } = await ask('/', 'GET', { Host: host });
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain(`connect-src ws://${host};`);
    const client = await TestClient.connect(server.port, { Host: host, Origin: `http://${host}` });
    await client.shakeHands(SECRET);
    await client.open('a');
    await client.end();
  });
});

// Node's client sends its own Host where none is given.
const hosts = forgedHosts(0).filter(([, host]) => host !== undefined && host !== '');

describe('by another Host there is nothing', () => {
  test.each(hosts)('%s', async (_, forged) => {
    const host = forged?.replace(/:0(?=\D|$)/, `:${String(server.port)}`) ?? '';
    for (const path of ['/', '/page.js', '/nothing']) {
      const { status, body } = await ask(path, 'GET', { Host: host });
      expect([status, body]).toEqual([403, expect.stringMatching(/^This is not the server of that name\./)]);
    }
    await expect(TestClient.connect(server.port, { Host: host, Origin: `http://${host}` })).rejects.toThrow('403');
  });
});

describe('a WebSocket is refused to', () => {
  test.each(FOREIGN_ORIGINS.filter(([, origin]) => !/[^\x20-\x7e]/.test(origin ?? '')))(
    'the Origin %s',
    async (_, origin) => {
      const headers = origin === undefined ? {} : { Origin: origin };
      await expect(TestClient.connect(server.port, { Origin: '', ...headers })).rejects.toThrow('403');
    },
  );

  test('a page that Jupyter would let in', async () => {
    await expect(TestClient.connect(server.port, { Origin: `http://${PAGE_HOST}` })).rejects.toThrow('403');
  });

  test('a page of its own by another of its names, or by https', async () => {
    for (const origin of [`http://localhost:${String(server.port)}`, `https://${own()}`, `http://${own()}/`]) {
      await expect(TestClient.connect(server.port, { Origin: origin })).rejects.toThrow('403');
    }
  });

  test('its own page without the secret', async () => {
    const client = await TestClient.connect(server.port, { Origin: `http://${own()}` });
    client.say({ type: 'open', viewId: 'a' });
    expect((await client.untilClosed()).at(-1)).toMatchObject({ kind: 'closed', code: 1008, reason: 'unauthorized' });
  });
});
