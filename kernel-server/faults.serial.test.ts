import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Companion } from '../lib/kernel-server/companion';
import { LIMITS, SUBPROTOCOL, voxelsOf } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { PAGE_HOST, TestClient } from './testing/client';
import { KERNEL_ID, LIB, RuntimeDir } from './testing/companions';
import { eventually } from './testing/eventually';
import { viewRecord } from './testing/records';
import { Relay } from './testing/relay';
import { ServerChild } from './testing/server-child';

jest.setTimeout(120_000);

/** By how much the server's memory may grow, whatever clients do. */
const MOST_BYTES = 20_000_000;
/** What may remain of it afterwards: code that was compiled meanwhile, tables that have grown. */
const REST_BYTES = 3_000_000;
const SECRET = randomBytes(32).toString('hex');

const folder = mkdtempSync(join(tmpdir(), 'slicescope-faults-'));
const pagesFile = join(folder, 'pages.json');
let server: ServerChild;
const clients: TestClient[] = [];
const raw: Socket[] = [];

beforeAll(async () => {
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
  server = new ServerChild(pagesFile, SECRET);
  await server.started();
});
afterEach(async () => {
  for (const socket of raw.splice(0)) socket.destroy();
  for (const client of clients.splice(0)) await client.end();
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

async function proven(of = server): Promise<TestClient> {
  const client = await TestClient.proven(of.port, SECRET);
  clients.push(client);
  return client;
}

let lastRequest = 0;

/** The server still does its work. */
async function expectServed(client: TestClient): Promise<void> {
  const frame = await client.slice('small', 1, { requestId: ++lastRequest, index: 3 });
  expect(frame).toMatchObject({ index: 3, width: 8, height: 8 });
}

/** A client that looks at the small view. */
async function opened(of = server): Promise<TestClient> {
  const client = await proven(of);
  await client.open('small');
  return client;
}

/** A client that is served, so that all code has run once before memory is measured. */
async function measured(of = server): Promise<TestClient> {
  const client = await opened(of);
  await expectServed(client);
  await of.measure();
  return client;
}

/** The server's memory comes back to where it was, and was never far from it. */
async function expectFlat(of = server): Promise<void> {
  await eventually(async () => {
    const { most, now } = await of.report();
    expect(most).toBeLessThan(MOST_BYTES);
    expect(now).toBeLessThan(REST_BYTES);
  });
}

describe('a client that never reads', () => {
  test('and asks for large slices and settings costs no more than the limit, and is closed', async () => {
    const other = await measured();
    const deaf = await proven();
    await deaf.open('large');
    deaf.socket.pause();
    const closed = once(deaf.socket, 'close');
    // 400 slices are 1.6 GB; 40 000 answers of a whole state each are 30 MB.
    for (let requestId = 1; requestId <= 400; requestId++) {
      deaf.grant(LIMITS.credits);
      deaf.wish('large', 1, { requestId, index: requestId % 4 });
      for (let i = 0; i < 100; i++) deaf.socket.send('{"type":"open","viewId":"large"}');
      if (requestId % 10 === 0) {
        await setImmediate();
        await expectServed(other);
      }
    }
    await expectFlat();
    deaf.socket.resume();
    await closed;
    await expectServed(other);
  });

  test('and only looks on while the kernel changes its view, is closed in time', async () => {
    const other = await measured();
    const deaf = await proven();
    await deaf.open('large');
    deaf.socket.pause();
    const closed = once(deaf.socket, 'close');
    for (let i = 0; i < 1000; i++) server.swap(); // 60 MB.
    await expectFlat();
    deaf.socket.resume();
    await closed;
    await expectServed(other);
  });
});

test('thousands of sockets that never speak are all hung up on, and cost those who do nothing', async () => {
  const other = await measured();
  const upgrade = [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${String(server.port)}`,
    `Origin: http://${PAGE_HOST}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
  ].join('\r\n');
  /** What they say before they fall silent. */
  const beginnings = ['', 'GET / HT', `${upgrade}\r\n`, `${upgrade}\r\n\r\n`];
  const ends: Promise<unknown>[] = [];
  for (let i = 0; i < 2000; i++) {
    const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
    raw.push(socket);
    socket.on('error', () => undefined); // Its close follows.
    socket.resume();
    socket.write(beginnings[i % 4] as string);
    ends.push(new Promise((resolve) => socket.once('end', resolve).once('close', resolve)));
    // No more at a time than the operating system lets wait to be accepted.
    if (i % 100 === 99) await expectServed(other);
  }
  let areOver = false as boolean;
  const all = Promise.all(ends).then(() => (areOver = true));
  while (!areOver) {
    await expectServed(other);
    await setTimeout(5); // A fast machine would make a flood of it.
  }
  await all;
  const next = await proven();
  await next.open('small');
  await expectServed(next);
  await next.end();
  await expectFlat();
});

test('a flood of a client that reads is ended with a sentence, and others are served meanwhile', async () => {
  // Few enough that the slowest machine takes more of them in a second.
  const messagesPerSecond = 400;
  const limited = new ServerChild(pagesFile, SECRET, { messagesPerSecond });
  try {
    await limited.started();
    const other = await measured(limited);
    const flooding = await proven(limited);
    await flooding.open('small');
    const closed = once(flooding.socket, 'close');
    for (let sent = 0; sent < 50 * messagesPerSecond; sent++) {
      flooding.socket.send(
        `{"type":"comm","viewId":"small","msgId":"","data":{"method":"update","state":{"index":${sent % 8}}}}`,
      );
    }
    while (flooding.socket.readyState === flooding.socket.OPEN) {
      await expectServed(other).catch(() => undefined); // Its messages of the view's changes come between.
      await setTimeout(20); // It is no flood itself.
    }
    await closed;
    const arrivals = await flooding.untilClosed();
    expect(arrivals.slice(-2)).toMatchObject([
      { kind: 'message', message: { type: 'error', code: 'limit-exceeded' } },
      { kind: 'closed', code: 1008 },
    ]);
    await expectServed(await opened(limited));
    await expectFlat(limited);
  } finally {
    limited.kill();
  }
});

test('a thread that is killed in the middle of a frame brings no part of it, and its successor the whole slice', async () => {
  const dir = new RuntimeDir();
  const large = phantom([1000, 1500, 2]);
  const mortal = dir.script(
    'mortal.js',
    `const { BroadcastChannel } = require('node:worker_threads');
    const death = new BroadcastChannel(${JSON.stringify(dir.path)});
    death.onmessage = () => process.exit(1);
    death.unref();
    require(${JSON.stringify(join(LIB, 'kernel-server/worker.js'))});`,
  );
  const companion = new Companion({
    kernelId: KERNEL_ID,
    runtimeDir: dir.path,
    workerFile: mortal,
    onChange: () => undefined,
  });
  companion.put(viewRecord('large', large));
  dir.notePage();
  const { port, secret } = dir.record;
  const relay = await Relay.start(port);
  const client = await TestClient.proven(relay.port, secret);
  clients.push(client);
  await client.open('large');
  const stalled = relay.stallAfter(1_000_000);
  client.grant(1);
  const asked = { requestId: 1, index: 1 };
  client.wish('large', 1, asked);
  await stalled;
  const death = new BroadcastChannel(dir.path);
  death.postMessage('now');
  death.close();
  relay.cut();
  expect(await client.untilClosed()).toEqual([{ kind: 'closed', code: 1006, reason: '' }]);

  const next = await dir.clientWhenBack();
  clients.push(next);
  await next.open('large');
  const frame = await next.slice('large', 1, asked);
  const data = voxelsOf(frame, frame.payload);
  const expected = large.slice('xy', 1).data;
  expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(new Uint8Array(expected.buffer))).toBe(true);
  relay.close();
  dir.remove();
});
