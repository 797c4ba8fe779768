import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { WebSocket as NodeSocket } from 'ws';
import { SUBPROTOCOL } from '../../src/protocol';
import { startHub, type Hub } from './hub';
import type { JupyterServer } from './jupyter';
import { recordOf, shutDownAll } from './kernels';
import { openIn } from './lab';
import { writeNotebook, type NotebookPage } from './notebook';
import { SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import type { Traffic } from '../../tests/browser/traffic';
import { eventually } from '../../tests/browser/waiting';

jest.setTimeout(180_000);

/** Alice has a live view, and Bob wants to see it. Both are logged in at the same hub. */
let hub: Hub;
let browser: Browser;
let alice: JupyterServer;
let bob: JupyterServer;
let notebook: NotebookPage;
let traffic: Traffic;
let bobsNotebook: NotebookPage;
let kernelId: string;
let record: { port: number; secret: string };

/** With whose cookies or token a request comes. */
type Credentials = Readonly<Record<string, string>>;
let bobsCookies: Credentials;
let bobsToken: Credentials;
const NOBODY: Credentials = {};
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  [hub, browser] = await Promise.all([startHub(['alice', 'bob']), slicescopeKept.browser()]);
  [alice, bob] = await Promise.all([hub.server('alice'), hub.server('bob')]);
  writeNotebook(alice, 'view.ipynb', [SHOW_CELL]);
  const alicesContext = await hub.login(browser, 'alice');
  contexts.push(alicesContext);
  ({ notebook, traffic } = await openIn(alicesContext, `${alice.pageUrl}lab/tree/view.ipynb`));
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  kernelId = await notebook.kernelId();
  record = recordOf(alice, kernelId);

  const bobsContext = await hub.login(browser, 'bob');
  contexts.push(bobsContext);
  writeNotebook(bob, 'own.ipynb', [SHOW_CELL]);
  ({ notebook: bobsNotebook } = await openIn(bobsContext, `${bob.pageUrl}lab/tree/own.ipynb`));
  const cookies = await bobsContext.cookies();
  // All that he has, more than a browser would send anywhere.
  bobsCookies = { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
  bobsToken = { Authorization: `token ${bob.token}` };
});

afterAll(async () => {
  for (const context of contexts) await context.close();
  try {
    await Promise.all([shutDownAll(alice), shutDownAll(bob)]);
  } finally {
    await hub.stop();
  }
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function get(url: string, credentials: Credentials): Promise<Answer> {
  const response = await fetch(url, { headers: credentials, redirect: 'manual' });
  return { status: response.status, text: await response.text() };
}

/** The same from a page of Bob's, with the cookies that his browser sends there and the token against forgery. */
async function getInPage(url: string): Promise<Answer> {
  return await bobsNotebook.page.evaluate(async (address) => {
    const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
    const response = await fetch(address, { headers: { 'X-XSRFToken': xsrf } });
    return { status: response.status, text: await response.text() };
  }, url);
}

const companionOf = (serverUrl: string, kernel = kernelId): string => `${serverUrl}slicescope/api/companions/${kernel}`;
const socketOf = (serverUrl: string): string => `${serverUrl.replace('http:', 'ws:')}proxy/${String(record.port)}/`;

/**
 * What a socket is told: the HTTP status if it is refused, else all that comes until it is closed. It says what a
 * page would, with a proof that is wrong.
 */
async function listen(url: string, credentials: Credentials): Promise<number | string[]> {
  // As a page of the hub: its host is the one that Alice's companion lets in.
  const { origin, host } = new URL(hub.pageUrl);
  const socket = new NodeSocket(url, SUBPROTOCOL, { headers: { ...credentials, Host: host }, origin });
  const heard: string[] = [];
  return await new Promise((resolve, reject) => {
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on('open', () => {
      for (const message of ATTEMPT) socket.send(JSON.stringify(message));
    });
    socket.on('message', (data) => heard.push((data as Buffer).toString('utf8')));
    socket.on('close', () => {
      resolve(heard);
    });
    socket.on('error', reject);
  });
}
const ATTEMPT = [
  { type: 'hello', version: 1, nonce: 'ab'.repeat(32) },
  { type: 'proof', proof: 'cd'.repeat(32) },
  { type: 'credit', frames: 4 },
];

/** The same from a page of Bob's; empty if it is closed without a word. */
async function listenInPage(url: string): Promise<string[]> {
  return await bobsNotebook.page.evaluate(
    async ([address, protocol, attempt]) =>
      await new Promise<string[]>((resolve) => {
        const socket = new WebSocket(address, protocol);
        const heard: string[] = [];
        socket.onmessage = ({ data }: MessageEvent<string>) => heard.push(data);
        socket.onopen = () => {
          for (const message of attempt) socket.send(JSON.stringify(message));
        };
        socket.onclose = () => {
          resolve(heard);
        };
      }),
    [url, SUBPROTOCOL, ATTEMPT] as const,
  );
}

/** No more than anybody hears who has no proof. */
function expectRefused(heard: number | readonly string[]): void {
  if (typeof heard === 'number') throw new Error(`The socket was refused with ${String(heard)}.`);
  expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([
    { type: 'challenge', version: 1, nonce: expect.any(String), proof: expect.any(String) },
    { type: 'error', code: 'unauthorized', message: expect.any(String) },
  ]);
}

test('under JupyterHub a view is live through the hub and Jupyter’s own proxy, in both directions', async () => {
  const viewer = notebook.viewer();
  await viewer.slider.press('ArrowRight');
  await showsRamp(viewer, { index: 11 });
  await viewer.slider.press('End');
  await showsRamp(viewer, { index: 19 });
  await eventually(async () => {
    expect(await notebook.run('console.log(view.index)')).toBe('19\n');
  });
  await notebook.run(`view.set({ plane: 'yz', index: 47, colormap: 'viridis' })`);
  await showsRamp(viewer, { plane: 'yz', index: 47, colormap: 'viridis' });
  expect(traffic.companions).toEqual([`${alice.pageUrl.replace('http:', 'ws:')}proxy/${String(record.port)}/`]);
  expect(traffic.elsewhere(new URL(hub.pageUrl).host)).toEqual([]);
});

test('the owner is given the record, by token', async () => {
  const answer = await get(companionOf(alice.url), { Authorization: `token ${alice.token}` });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expect.objectContaining(record)]);
});

test('another user has a live view of his own, and is given the record of it', async () => {
  await bobsNotebook.runCell(0);
  await showsRamp(bobsNotebook.viewer(), { index: 10 });
  const ownKernel = await bobsNotebook.kernelId();
  const { status, text } = await getInPage(companionOf(bob.pageUrl, ownKernel));
  expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining(recordOf(bob, ownKernel))]);
});

test('another user is given no record, neither by the owner’s server nor by his own', async () => {
  const answers = {
    'the owner’s, by cookies': await get(companionOf(alice.url), bobsCookies),
    'the owner’s, by token': await get(companionOf(alice.url), bobsToken),
    'the owner’s, in a page': await getInPage(companionOf(alice.pageUrl)),
    'his own, by token': await get(companionOf(bob.url), bobsToken),
    'his own, in a page': await getInPage(companionOf(bob.pageUrl)),
  };
  const statuses = Object.entries(answers).map(([name, { status }]) => [name, status]);
  expect(Object.fromEntries(statuses)).toEqual({
    'the owner’s, by cookies': 403,
    'the owner’s, by token': 403,
    'the owner’s, in a page': 403,
    'his own, by token': 404,
    'his own, in a page': 404,
  });
  for (const { text } of Object.values(answers)) {
    expect(text).not.toContain(record.secret);
    expect(text).not.toContain('"port"');
  }
});

test('another user’s socket to the companion is refused by the owner’s server', async () => {
  expect(await listen(socketOf(alice.url), bobsCookies)).toBe(403);
  expect(await listen(socketOf(alice.url), bobsToken)).toBe(403);
  expect(await listenInPage(socketOf(alice.pageUrl))).toEqual([]);
});

test('through his own server another user reaches the port, and is told nothing without proof', async () => {
  expectRefused(await listen(socketOf(bob.url), bobsCookies));
  expectRefused(await listen(socketOf(bob.url), bobsToken));
  expectRefused(await listenInPage(socketOf(bob.pageUrl)));
});

test('who is not logged in is given neither record nor socket', async () => {
  for (const { url } of [alice, bob]) {
    const { status, text } = await get(companionOf(url), NOBODY);
    expect([status, text.includes(record.secret)]).toEqual([403, false]);
    expect(await listen(socketOf(url), NOBODY)).toBe(403);
  }
});
