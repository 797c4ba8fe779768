/** @jest-environment node */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ServerConnection } from '@jupyterlab/services';
import type { CompanionAddress } from 'slicescope/lib/src/viewer';
import { locate } from './locate';

const SECRET = 'ab'.repeat(32);
const HOST = 'localhost:8888';
const TRUE = { port: 40123, secret: SECRET, page: HOST };

/** Have the page at another address. */
function visit(host: string): void {
  const { hostname } = new URL(`http://${host}/`);
  Object.assign(globalThis, { window: { location: { host, hostname } } });
}

beforeEach(() => {
  visit(HOST);
});

/** Jupyter's server: what it answers, and what it was asked. */
function server(answer: () => Promise<Response>): {
  readonly asked: jest.Mock<(request: Request) => Promise<Response>>;
  find(kernelId?: string): Promise<CompanionAddress>;
} {
  const asked = jest.fn<(request: Request) => Promise<Response>>(answer);
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://lab.test/user/me/',
    wsUrl: 'ws://lab.test/user/me/',
    token: '',
    fetch: asked as unknown as typeof fetch,
  });
  return { asked, find: (kernelId = 'kernel-1') => locate(kernelId, settings, new AbortController().signal) };
}

const answers = (body: unknown, status = 200) =>
  server(() => Promise.resolve(new Response(JSON.stringify(body), { status })));

describe('a companion that Jupyter’s server knows', () => {
  const PROXIED = 'ws://lab.test/user/me/proxy/40123/';

  test('is asked for by the kernel’s id, and not answered from a cache', async () => {
    const { asked, find } = answers(TRUE);
    expect((await find()).secret).toBe(SECRET);
    const [request] = asked.mock.calls[0] ?? [];
    expect(request?.url.split('?')[0]).toBe('http://lab.test/user/me/slicescope/api/companions/kernel-1');
    expect(request?.cache).toBe('no-store');
  });

  test.each(['localhost:8888', '127.0.0.1:8888', '[::1]:8888', 'localhost'])(
    'is reached directly by a page at %s if that can be, and else through Jupyter’s proxy',
    async (host) => {
      visit(host);
      expect((await answers({ ...TRUE, page: host }).find()).urls).toEqual(['ws://127.0.0.1:40123/', PROXIED]);
    },
  );

  test.each(['lab.test', 'localhost.evil.test', '127.0.0.1.evil.test:8888', '192.168.0.7:8888'])(
    'is reached through Jupyter’s proxy only by a page at %s',
    async (host) => {
      visit(host);
      expect((await answers({ ...TRUE, page: host }).find()).urls).toEqual([PROXIED]);
    },
  );

  test('of which more is said is the same', async () => {
    const { find } = answers({ ...TRUE, urls: ['ws://evil.test/'], host: 'evil.test' });
    expect(await find()).toEqual({ urls: ['ws://127.0.0.1:40123/', PROXIED], secret: SECRET });
  });
});

test('a companion whose views may only be looked at comes with a secret for that', async () => {
  const { port, page } = TRUE;
  expect(await answers({ port, page, readerSecret: SECRET }).find()).toMatchObject({ secret: SECRET, access: 'look' });
  expect((await answers(TRUE).find()).access).toBeUndefined();
  expect((await answers({ ...TRUE, readerSecret: 'cd'.repeat(32) }).find()).secret).toBe(SECRET);
});

describe('there is nothing to connect to any more', () => {
  test.each(['unknown-kernel', 'no-companion'])('if the answer is %s', async (code) => {
    await expect(answers({ code, message: 'Gone.' }, 404).find()).rejects.toMatchObject({
      code: 'unknown-view',
      message: 'The kernel was restarted or shut down since. Run the cell again to look at this volume.',
    });
  });
});

describe('it is tried again', () => {
  test('if Jupyter’s server can’t be reached', async () => {
    const { find } = server(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(find()).rejects.toMatchObject({
      code: 'companion-failed',
      message: 'Jupyter’s server can’t be reached. Trying again.',
      cause: { message: 'Failed to fetch' },
    });
  });

  test('with its reason if it gives one', async () => {
    const { find } = answers({ code: 'unsafe-record', message: 'The record is not private.' }, 500);
    const message = 'Jupyter’s server does not say where the viewer’s server is (500). The record is not private.';
    await expect(find()).rejects.toMatchObject({ code: 'companion-failed', message });
  });

  test.each([
    ['no JSON', 502, '<html>'],
    ['an address without a secret', 200, JSON.stringify({ ...TRUE, secret: undefined })],
    ['a port that is no number', 200, JSON.stringify({ ...TRUE, port: '40123' })],
    ['an address with a bad status', 403, JSON.stringify(TRUE)],
  ])('if the answer is %s', async (_, status, text) => {
    const { find } = server(() => Promise.resolve(new Response(text, { status })));
    const message = `Jupyter’s server does not say where the viewer’s server is (${String(status)}). Trying again.`;
    await expect(find()).rejects.toMatchObject({ code: 'companion-failed', message });
  });

  test('if a proxy has changed the page’s address, which is said with both', async () => {
    const { find } = answers({ ...TRUE, page: 'inner.test:8888' });
    const message = `This page’s address is ${HOST}, but Jupyter’s server was asked for inner.test:8888. The proxy in front of it must pass the Host header on as it is.`;
    await expect(find()).rejects.toMatchObject({ code: 'unauthorized', message });
  });
});
