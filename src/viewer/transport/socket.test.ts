/** @jest-environment node */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker as Thread } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import type * as Sockets from './socket';
import { PageSocket, installPage } from './testing/page';

/** A page's worker: the same text in a thread of Node, with Node's socket. */
class PageWorker {
  static readonly texts: Map<string, Blob> = new Map();
  static threads: Thread[] = [];
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #thread: Promise<Thread>;

  constructor(url: string) {
    this.#thread = (PageWorker.texts.get(url) as Blob).text().then((text) => {
      const before = `
        const { parentPort } = require('node:worker_threads');
        globalThis.WebSocket = require('ws').WebSocket;
        globalThis.postMessage = (...news) => parentPort.postMessage(...news);
        parentPort.on('message', (data) => globalThis.onmessage({ data }));`;
      const thread = new Thread(`${before}\n${text}`, { eval: true });
      PageWorker.threads.push(thread);
      thread.on('message', (data) => this.onmessage?.({ data }));
      return thread;
    });
  }

  postMessage(message: unknown): void {
    void this.#thread.then((thread) => {
      thread.postMessage(message);
    });
  }
}

installPage();
let server: WebSocketServer;
let url: string;
/** The module anew: a page has one worker. */
let sockets: typeof Sockets;
const made = jest.fn();
const ended = jest.fn();

beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  URL.createObjectURL = (blob) => {
    const name = `blob:${String(PageWorker.texts.size)}`;
    PageWorker.texts.set(name, blob as Blob);
    return name;
  };
  Object.assign(globalThis, {
    WebSocket: class extends PageSocket {
      constructor(...args: [string, string]) {
        super(...args);
        made();
      }
    },
  });
});

beforeEach(() => {
  jest.resetModules();
  sockets = jest.requireActual<typeof Sockets>('./socket');
  made.mockClear();
});

afterEach(async () => {
  for (const client of server.clients) client.terminate();
  await Promise.all(PageWorker.threads.splice(0).map((thread) => thread.terminate()));
  Reflect.deleteProperty(globalThis, 'Worker');
});

afterAll(() => {
  server.close();
});

/** A socket that is open, and the server's end of it. */
async function connected(): Promise<[socket: Sockets.Socket, peer: WebSocket]> {
  const connection = once(server, 'connection');
  const socket = await sockets.openSocket(url, 'a.protocol');
  const opened = new Promise<void>((resolve) => (socket.onopen = resolve));
  const [peer] = (await connection) as [WebSocket];
  await opened;
  return [socket, peer];
}

test.each([
  ['in a worker', PageWorker, 0],
  ['on the page', undefined, 1],
] as const)('a socket %s says and hears texts and bytes, and its end', async (_, worker, onPage) => {
  if (worker !== undefined) Object.assign(globalThis, { Worker: worker });
  const [socket, peer] = await connected();
  expect([made.mock.calls.length, peer.protocol]).toEqual([onPage, 'a.protocol']);

  const said = once(peer, 'message');
  socket.send('a text');
  expect(String((await said)[0])).toBe('a text');

  const heard: (string | ArrayBuffer)[] = [];
  const both = new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      if (heard.push(data) === 2) resolve();
    };
  });
  const bytes = randomBytes(512 * 1024);
  peer.send(bytes);
  peer.send('another');
  await both;
  expect(Buffer.from(heard[0] as ArrayBuffer).equals(bytes)).toBe(true);
  expect(heard[1]).toBe('another');

  const closed = new Promise<void>((resolve) => (socket.onclose = resolve));
  peer.close();
  await closed;
  const [second, other] = await connected();
  const gone = once(other, 'close');
  second.close();
  await gone;
});

test('an address that no socket can have is one that can’t be reached', async () => {
  Object.assign(globalThis, { Worker: PageWorker });
  const socket = await sockets.openSocket('no address', 'a.protocol');
  await new Promise<void>((resolve) => (socket.onclose = resolve));
});

test.each([
  [
    'makes none',
    function (): never {
      throw new Error('a policy');
    },
  ],
  [
    'lets none run',
    function (this: { onerror?: () => void; terminate: () => void }): void {
      this.terminate = ended;
      setImmediate(() => this.onerror?.());
    },
  ],
  [
    'has one that never begins',
    function (this: { terminate: () => void }): void {
      this.terminate = ended;
    },
  ],
])('where the page %s, the socket is on the page', async (_, worker) => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  Object.assign(globalThis, { Worker: worker });
  const connection = once(server, 'connection');
  const opening = sockets.openSocket(url, 'a.protocol');
  await new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
  jest.advanceTimersByTime(2_000);
  jest.useRealTimers();
  await opening;
  await connection;
  expect(made).toHaveBeenCalledTimes(1);
});
