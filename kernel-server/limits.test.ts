import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LIMITS, type Limits } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { serve, type RunningServer } from './server';
import { Session, type Sink } from './session';
import { PAGE_HOST, TestClient } from './testing/client';
import { eventually } from './testing/eventually';
import { viewRecord } from './testing/records';
import { Views } from './views';

const SECRET = randomBytes(32).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'slicescope-limits-'));
const pagesFile = join(folder, 'pages.json');
const NAMES = ['a', 'b', 'c'];
let views: Views;
let server: RunningServer;
const clients: TestClient[] = [];
const raw: Socket[] = [];

beforeAll(() => {
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
});
beforeEach(() => {
  views = new Views(() => undefined);
  for (const name of NAMES) views.put(viewRecord(name, phantom([5, 4, 6])), 1);
});
afterEach(async () => {
  for (const socket of raw.splice(0)) socket.destroy();
  for (const client of clients.splice(0)) await client.end();
  server.close();
  jest.restoreAllMocks();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function start(limits: Partial<Limits>): Promise<void> {
  server = await serve(views, { secret: SECRET, pagesFile, port: 0, limits });
}
async function stranger(): Promise<TestClient> {
  const client = await TestClient.connect(server.port);
  clients.push(client);
  return client;
}
async function proven(): Promise<TestClient> {
  const client = await stranger();
  await client.shakeHands(SECRET);
  return client;
}

/** The client is told of this error, about no view, and closed. */
async function expectEnd(client: TestClient, code: string): Promise<void> {
  const arrivals = await client.untilClosed();
  expect(arrivals.slice(-2)).toMatchObject([
    { kind: 'message', message: { type: 'error', code } },
    { kind: 'closed', code: 1008, reason: code },
  ]);
}

test('messageBytes: so many are read, one more ends the connection', async () => {
  await start({ messageBytes: 300 });
  const client = await proven();
  const ping = (bytes: number): string => JSON.stringify({ type: 'ping', more: 'x'.repeat(bytes - 25) });
  expect(ping(300)).toHaveLength(300);
  client.send(ping(300));
  await client.message('pong');
  client.send(ping(301));
  expect(await client.next()).toMatchObject({ kind: 'closed' });
});

test('messagesPerSecond: so many are taken, with one more the client is told and closed', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(5000);
  await start({ messagesPerSecond: 10 });
  const client = await proven(); // Two messages.
  for (let i = 0; i < 8; i++) client.say({ type: 'ping' });
  for (let i = 0; i < 8; i++) await client.message('pong');
  clock.mockReturnValue(6000);
  for (let i = 0; i < 11; i++) client.say({ type: 'ping' });
  for (let i = 0; i < 10; i++) await client.message('pong');
  await expectEnd(client, 'limit-exceeded');
});

test('credits: so many frames are in flight, and to grant one more at once is an error', async () => {
  await start({ credits: 2 });
  const client = await proven();
  for (const name of NAMES) await client.open(name);
  client.grant(2);
  for (const name of NAMES) client.wish(name, 1, { requestId: 1, index: 0 });
  client.say({ type: 'ping' });
  for (const kind of ['frame', 'frame', 'message']) expect(await client.next()).toMatchObject({ kind });
  client.grant(1);
  await client.nextOf('frame');
  client.grant(3);
  await expectEnd(client, 'protocol-error');
});

test('wishes: so many are taken, one more is an error', async () => {
  await start({ wishes: 2 });
  const client = await proven();
  await client.open('a');
  client.grant(2);
  client.wish('a', 1, { requestId: 1, index: 0 }, { requestId: 2, index: 1 });
  for (const index of [0, 1]) expect((await client.nextOf('frame')).frame.index).toBe(index);
  client.wish('a', 1, { requestId: 3, index: 0 }, { requestId: 4, index: 1 }, { requestId: 5, index: 2 });
  await expectEnd(client, 'protocol-error');
});

test('viewsPerClient: so many are opened, and one more is refused; those that are open stay', async () => {
  await start({ viewsPerClient: 2 });
  const client = await proven();
  await client.open('a');
  await client.open('b');
  client.say({ type: 'open', viewId: 'c' });
  expect(await client.message('error')).toMatchObject({
    code: 'limit-exceeded',
    message: 'More than 2 views are open on this page. Close some of them.',
    viewId: 'c',
  });
  client.say({ type: 'close', viewId: 'a' });
  await client.open('c');
});

test('clients: so many are welcome, one more is told and closed', async () => {
  await start({ clients: 2 });
  const first = await proven();
  await proven();
  const third = await stranger();
  await third.prove(SECRET);
  await expectEnd(third, 'limit-exceeded');
  await first.end();
  // The server notes its end a moment later.
  await eventually(proven);
});

test('strangers: so many may take their time; with one more the oldest is hung up on, and no page that is proven', async () => {
  await start({ strangers: 2 });
  const knock = async (): Promise<Socket> => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    raw.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const page = await proven();
  const silent = await knock();
  const dropped = once(silent, 'close');
  const second = await stranger();
  const third = await stranger();
  await dropped;
  await knock();
  expect((await second.untilClosed()).at(-1)).toMatchObject({ kind: 'closed', code: 1006 });
  await third.shakeHands(SECRET);
  for (const client of [page, third]) {
    client.say({ type: 'ping' });
    await client.message('pong');
  }
});

test('handshakeMs: who has not sent its request, or not proved itself, is closed then and not before', async () => {
  await start({ handshakeMs: 300 });
  const begin = performance.now();
  const socket = connect(server.port, '127.0.0.1');
  raw.push(socket);
  socket.resume();
  const dropped = once(socket, 'close');
  await expectEnd(await stranger(), 'unauthorized');
  expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
  await dropped;
  expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
  // A machine that does other things too may not be as quick at once.
  await eventually(proven);
});

test('silenceMs: a client that says nothing is dropped then and not before, one that pings in time is not', async () => {
  await start({ silenceMs: 1000 });
  // Only what the server waits for; sockets go on as they are.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date', 'hrtime', 'queueMicrotask'] });
  try {
    const [other, silent] = [await proven(), await proven()];
    const answered = async (): Promise<void> => {
      other.say({ type: 'ping' });
      await other.message('pong');
    };
    jest.advanceTimersByTime(999);
    await answered();
    expect(silent.socket.readyState).toBe(silent.socket.OPEN);
    jest.advanceTimersByTime(1);
    expect(await silent.untilClosed()).toMatchObject([{ kind: 'closed', code: 1006 }]);
    jest.advanceTimersByTime(998);
    await answered();
  } finally {
    jest.useRealTimers();
  }
});

describe('backlogBytes', () => {
  /** A socket that takes what it is sent, and of which a test says what waits in it. */
  class FullSink implements Sink {
    bufferedAmount = 0;
    readonly sent: (string | Uint8Array)[] = [];
    readonly closed: [number, string][] = [];
    isRead = true;

    send(data: string | Uint8Array, done?: () => void): void {
      this.sent.push(data);
      if (this.isRead) done?.();
    }

    close(code: number, reason: string): void {
      this.closed.push([code, reason]);
    }
  }

  test('a message with which so many wait is still sent, with one more the client is closed', () => {
    const sink = new FullSink();
    sink.bufferedAmount = 85;
    const session = new Session(views, sink, { ...LIMITS, backlogBytes: 100 });
    session.receive({ type: 'ping' });
    expect(sink.sent).toEqual(['{"type":"pong"}']);
    sink.bufferedAmount = 86;
    session.receive({ type: 'ping' });
    expect(sink.sent).toHaveLength(1);
    expect(sink.closed).toEqual([[1013, 'not reading']]);
  });

  test('short messages count with the memory that each takes while it waits', () => {
    const sink = new FullSink();
    sink.isRead = false;
    const session = new Session(views, sink, { ...LIMITS, backlogBytes: 1000 });
    // Three that wait take 900 bytes, and a fourth is taken with its 15; beside four there is no room.
    for (let count = 0; count < 10; count++) session.receive({ type: 'ping' });
    expect(sink.sent.length).toBe(4);
    expect(sink.closed[0]).toEqual([1013, 'not reading']);
  });
});
