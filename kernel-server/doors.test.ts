import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Limits, PointerMessage } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { readPage } from './page';
import { serve, type RunningServer } from './server';
import { PAGE_HOST, TestClient, proofOf } from './testing/client';
import { viewRecord } from './testing/records';
import { Views } from './views';

/** Who comes through the server's doors, and who is in whose way. */

const SECRET = randomBytes(32).toString('hex');
const READER_SECRET = randomBytes(32).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'slicescope-doors-'));
const pagesFile = join(folder, 'pages.json');
const heard: (object | PointerMessage)[] = [];
const views = new Views(
  (_, patch) => heard.push(patch),
  (_, message) => heard.push(message),
);
let server: RunningServer;
const sockets: Socket[] = [];
const clients: TestClient[] = [];

beforeAll(() => {
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
  for (const name of ['index.html', 'page.css']) writeFileSync(join(folder, name), name);
  writeFileSync(join(folder, 'page.js'), ' '.repeat(48_000_000)); // More than the system keeps for who does not read.
  views.put(viewRecord('a', phantom([5, 4, 6])), 1);
  views.listen('a', ['probe', 'click']);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const client of clients.splice(0)) await client.end();
  heard.splice(0);
  server.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function start(limits: Partial<Limits> = {}, more: { readonly readerSecret?: string } = {}): Promise<void> {
  server = await serve(views, { secret: SECRET, pagesFile, port: 0, limits, ...more });
}

/** Outside of Jupyter. */
async function startPage(limits: Partial<Limits> = {}): Promise<void> {
  server = await serve(views, { secret: SECRET, pagesFile: null, page: readPage(folder), port: 0, limits });
}

/** A connection without a client that knows what to do with it. */
async function knock(): Promise<Socket> {
  const socket = open();
  await once(socket, 'connect');
  return socket;
}

function open(): Socket {
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined); // Its close follows.
  sockets.push(socket);
  return socket;
}

async function closeOf(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve));
}

const requestFor = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${String(server.port)}\r\n\r\n`;
const upgrade = (): string =>
  [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${String(server.port)}`,
    `Origin: http://${PAGE_HOST}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: slicescope.v1',
    '\r\n',
  ].join('\r\n');

/** A frame of a WebSocket's client, with a mask of zeros. */
function frameOf(opcode: number, text: string, isLast: boolean): Buffer {
  const head = [(isLast ? 0x80 : 0) | opcode, 0x80 | text.length, 0, 0, 0, 0];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}

async function kept<T extends TestClient>(client: Promise<T>): Promise<T> {
  clients.push(await client);
  return await client;
}

/** A page that has proved itself, and is served. */
async function served(headers: Readonly<Record<string, string>> = {}): Promise<TestClient> {
  const client = await kept(TestClient.connect(server.port, headers));
  await client.shakeHands(SECRET);
  await client.open('a');
  expect((await client.slice('a', 1, { requestId: 1, index: 2 })).index).toBe(2);
  return client;
}

describe('pages connect while all places are taken, and taken again as soon as they are free, by', () => {
  test.each<[string, () => string, ((limits: Partial<Limits>) => Promise<void>)?]>([
    ['connections that say nothing', () => ''],
    ['requests without an end', () => 'GET / HTTP/1.1\r\nHost: '],
    ['sockets that prove nothing', upgrade],
    ['requests for the page’s script that do not read it', () => requestFor('/page.js').repeat(20), startPage],
  ])('%s', async (_, said, begin: (limits: Partial<Limits>) => Promise<void> = start) => {
    await begin({ strangers: 100 });
    const own = begin === start ? {} : { Origin: `http://127.0.0.1:${String(server.port)}` };
    const before = await served(own);
    let isOver = false;
    const hold = async (): Promise<void> => {
      while (!isOver) {
        const socket = open();
        if (begin === start)
          socket.resume(); // Else it reads nothing, and does not see that it was hung up on.
        else socket.pause();
        socket.write(said());
        await closeOf(socket);
      }
    };
    const holders = Array.from({ length: 120 }, hold);
    for (let page = 0; page < 5; page++) await (await served(own)).end();
    before.say({ type: 'ping' });
    await before.message('pong');
    isOver = true;
    server.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all(holders);
  });
});

describe('an answer', () => {
  test('that nobody reads is given up in time, and not before', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date', 'hrtime', 'queueMicrotask'] });
    try {
      await startPage({ answerMs: 5000 });
      const socket = await knock();
      socket.write(requestFor('/page.js'));
      const [head] = (await once(socket, 'data')) as [Buffer];
      socket.pause();
      jest.advanceTimersByTime(4999);
      let bytes = head.length;
      socket.on('data', ({ length }: Buffer) => (bytes += length));
      socket.resume();
      await once(socket, 'data');
      socket.pause();
      jest.advanceTimersByTime(1);
      const closed = closeOf(socket);
      socket.resume();
      await closed;
      expect(bytes).toBeLessThan(48_000_000);
    } finally {
      jest.useRealTimers();
    }
  });

  test('is all that there is on a connection, whatever else is asked on it', async () => {
    await startPage();
    const socket = await knock();
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.write(requestFor('/page.css').repeat(3));
    await closeOf(socket);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(text).toMatch(/\r\nConnection: close\r\n[^]*\r\n\r\npage\.css$/);
  });
});

describe('a message in pieces', () => {
  test('of a stranger is ended as soon as it is longer than a proof', async () => {
    await start();
    const socket = await knock();
    socket.write(upgrade());
    await once(socket, 'data');
    socket.resume();
    const closed = closeOf(socket);
    socket.write(frameOf(1, '[', false));
    let pieces = 0;
    for (; !socket.destroyed && pieces < 1000; pieces++) {
      await new Promise((sent) => socket.write(frameOf(0, ' ', false), sent));
      await new Promise(setImmediate);
    }
    await closed;
    expect(pieces).toBeLessThan(1000);
  });

  test('is taken from a page in as many frames as the limit says, and with one more the page is closed', async () => {
    await start({ messageFragments: 3 });
    const client = await served();
    const say = (...parts: readonly string[]): void => {
      for (const [at, part] of parts.entries()) client.socket.send(part, { fin: at === parts.length - 1 });
    };
    say('{"type"', ':"pi', 'ng"}');
    await client.message('pong');
    say('{"type"', ':"p', 'i', 'ng"}');
    expect(await client.untilClosed()).toMatchObject([{ kind: 'closed', code: 1008 }]);
  });

  test('costs all strangers together no more than the limit: the one that has sent most is hung up on', async () => {
    await start({ strangersBytes: 10_000 });
    const light = await knock();
    light.write('GET / HTTP/1.1\r\nHost: ');
    const heavy = await knock();
    heavy.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(6000)}`);
    const heaviest = await knock();
    heaviest.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(7000)}`);
    await closeOf(heaviest.resume());
    await served();
    expect([light.destroyed, heavy.destroyed]).toEqual([false, false]);
  });
});

describe('a page that may only look', () => {
  const reader = async (secret = READER_SECRET): Promise<TestClient> => {
    const client = await kept(TestClient.connect(server.port));
    await client.prove(secret, 'look');
    return client;
  };
  const welcomeReader = async (): Promise<TestClient> => {
    const client = await reader();
    await client.message('welcome');
    return client;
  };
  const SENTENCE = 'You may look at this view, but not change it: that takes the right to run code in its kernel.';
  const REFUSAL = { type: 'error', code: 'unauthorized', message: SENTENCE, viewId: 'a' };

  test('sees views, slices, histograms, and what others change', async () => {
    await start({}, { readerSecret: READER_SECRET });
    const client = await welcomeReader();
    const { state } = await client.open('a');
    expect(state).toEqual(views.get('a')?.state);
    expect((await client.slice('a', 1, { requestId: 1, index: 2 })).index).toBe(2);
    const content = { kind: 'histogram', layer: 0, frame: 0, bins: 4 } as const;
    client.say({ type: 'comm', viewId: 'a', msgId: '', data: { method: 'custom', content } });
    expect(await client.message('comm')).toMatchObject({ data: { method: 'custom', content: { kind: 'histogram' } } });
    views.set('a', { zoom: 2 }, 2);
    expect((await client.message('comm')).data).toMatchObject({ method: 'update', state: { zoom: 2 } });
    views.set('a', { zoom: 1 }, 3);
  });

  test('is refused what it changes, points at and clicks, and told how the view is', async () => {
    await start({}, { readerSecret: READER_SECRET });
    const [owner, client] = [await served(), await welcomeReader()];
    await client.open('a');
    const before = views.get('a')?.state;
    client.change('a', 'mine', { index: 5, zoom: 3 });
    expect(await client.message('error')).toEqual(REFUSAL);
    const told = await client.message('comm');
    expect(told).toMatchObject({ parentId: 'mine', data: { method: 'echo_update', state: { index: 0, zoom: 1 } } });
    for (const kind of ['probe', 'click'] as const) {
      const content = { kind, plane: 'xy', position: [1, 1, 1], frame: 0, values: [] } as const;
      client.say({ type: 'comm', viewId: 'a', msgId: '', data: { method: 'custom', content } });
      expect(await client.message('error')).toEqual(REFUSAL);
    }
    owner.say({ type: 'ping' });
    await owner.message('pong'); // Nothing before it.
    expect([views.get('a')?.state, heard]).toEqual([before, []]);
    client.say({ type: 'close', viewId: 'a' });
    client.change('a', 'later', { index: 5 });
    expect(await client.message('error')).toEqual(REFUSAL);
    client.say({ type: 'ping' });
    await client.message('pong');
  });

  test('has no more rights by asking for them, and none without a secret of its own', async () => {
    await start({}, { readerSecret: READER_SECRET });
    const nonce = '5a'.repeat(32);
    const cases = [
      [READER_SECRET, undefined],
      [READER_SECRET, 'change'],
      [SECRET, 'look'],
    ] as const;
    for (const [secret, access] of cases) {
      const client = await kept(TestClient.connect(server.port));
      client.say({ type: 'hello', version: 1, nonce, ...(access === undefined ? {} : { access }) });
      const challenge = await client.message('challenge');
      expect(challenge.proof).not.toBe(proofOf(secret, 'server', nonce, challenge.nonce));
      client.say({ type: 'proof', proof: proofOf(secret, 'client', nonce, challenge.nonce) });
      expect(await client.message('error')).toMatchObject({ code: 'unauthorized' });
      await client.nextOf('closed');
    }
    server.close();
    await start();
    const client = await kept(TestClient.connect(server.port));
    client.say({ type: 'hello', version: 1, nonce, access: 'look' });
    expect(await client.message('error')).toMatchObject({ code: 'unauthorized' });
  });

  test('makes way for one that may change views where there is no place, and never the other way round', async () => {
    await start({ clients: 2 }, { readerSecret: READER_SECRET });
    const [first, second] = [await welcomeReader(), await welcomeReader()];
    const third = await reader();
    expect((await third.untilClosed()).at(-1)).toMatchObject({ reason: 'limit-exceeded' });
    await served();
    expect((await first.untilClosed()).at(-1)).toMatchObject({ reason: 'limit-exceeded' });
    await served();
    expect((await second.untilClosed()).at(-1)).toMatchObject({ reason: 'limit-exceeded' });
    await expect(served()).rejects.toThrow('limit-exceeded');
  });
});
