import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { phantom } from '../src/volume/testing/phantom';
import { serve, type RunningServer } from './server';
import { PAGE_HOST, TestClient, proofOf } from './testing/client';
import { viewRecord } from './testing/records';
import { FOREIGN_ORIGINS, forgedHosts } from './testing/strangers';
import { Views } from './views';

const SECRET = randomBytes(32).toString('hex');
const OTHER_SECRET = randomBytes(32).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'slicescope-safety-'));
const pagesFile = join(folder, 'pages.json');
const volume = phantom([5, 4, 6]);
const views = new Views(() => undefined);
const otherViews = new Views(() => undefined);
views.put(viewRecord('mine', volume), 1);
otherViews.put(viewRecord('theirs', volume), 1);
/** Two kernels' companions. */
let server: RunningServer;
let other: RunningServer;
const clients: TestClient[] = [];

beforeAll(async () => {
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST, 'hub.example.org']), { mode: 0o600 });
  const limits = { handshakeMs: 300 };
  server = await serve(views, { secret: SECRET, pagesFile, port: 0, limits });
  other = await serve(otherViews, { secret: OTHER_SECRET, pagesFile, port: 0, limits });
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    for (const { text } of client.record) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(OTHER_SECRET);
    }
    await client.end();
  }
});
afterAll(() => {
  server.close();
  other.close();
  rmSync(folder, { recursive: true });
});

async function stranger(port = server.port): Promise<TestClient> {
  const client = await TestClient.connect(port);
  clients.push(client);
  return client;
}
async function proven(): Promise<TestClient> {
  const client = await stranger();
  await client.shakeHands(SECRET);
  return client;
}

type Headers = readonly (readonly [name: string, value: string])[];
const good = (): Headers => [
  ['Host', `127.0.0.1:${String(server.port)}`],
  ['Origin', `http://${PAGE_HOST}`],
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Protocol', 'slicescope.v1'],
];

/** The good headers, with one replaced, or left out where there is no value. */
const changed = (name: string, value: string | undefined): Headers =>
  good().flatMap(([each, text]): Headers => {
    if (each !== name) return [[each, text]];
    return value === undefined ? [] : [[each, value]];
  });

/** The status that a request of exactly these headers is answered with, and the rest of the answer. */
async function ask(headers: Headers, start = 'GET / HTTP/1.1'): Promise<{ status: number; answer: string }> {
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.write(`${[start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.includes('\r\n\r\n')) resolve(null);
    });
    socket.on('error', () => undefined); // Its close follows.
    socket.on('close', resolve);
  });
  socket.destroy();
  expect(answer).not.toContain(SECRET);
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]), answer };
}

test('the good headers are let in', async () => {
  const { status, answer } = await ask(good());
  expect(status).toBe(101);
  expect(answer).toMatch(/\r\nSec-WebSocket-Protocol: slicescope\.v1\r\n/);
});

test('fifty forms of foreign Origin and more are listed', () => {
  expect(FOREIGN_ORIGINS.length).toBeGreaterThanOrEqual(50);
  expect(new Set(FOREIGN_ORIGINS.map(([, origin]) => origin)).size).toBe(FOREIGN_ORIGINS.length);
});

describe('over a real socket no upgrade is granted where the Origin is', () => {
  test.each(FOREIGN_ORIGINS)('%s', async (_, origin) => {
    // On the wire a header is bytes, and white space around it does not count.
    const wire = origin === undefined ? undefined : Buffer.from(origin, 'utf8').toString('latin1');
    if (wire?.trim() === `http://${PAGE_HOST}`) return;
    expect([400, 403]).toContain((await ask(changed('Origin', wire))).status);
  });

  test.each([
    ['given twice, the good one first', ['good', 'evil']],
    ['given twice, the good one last', ['evil', 'good']],
  ])('%s', async (_, order) => {
    const origins = order.map(
      (which) => ['Origin', which === 'good' ? `http://${PAGE_HOST}` : 'http://evil.example'] as const,
    );
    expect((await ask([...changed('Origin', undefined), ...origins])).status).toBe(403);
  });

  test('that of a page of another kind in a header of its own', async () => {
    const headers = [...changed('Origin', undefined), ['Sec-WebSocket-Origin', `http://${PAGE_HOST}`] as const];
    expect((await ask(headers)).status).toBe(403);
  });
});

describe('over a real socket no upgrade is granted where the Host is', () => {
  test.each(forgedHosts(40_123).map(([name], at) => [name, at] as const))('%s', async (_, at) => {
    const host = forgedHosts(server.port)[at]?.[1];
    expect([400, 403]).toContain((await ask(changed('Host', host))).status);
  });

  test('right only in a header that a proxy would add', async () => {
    const own = `127.0.0.1:${String(server.port)}`;
    for (const name of ['X-Forwarded-Host', 'Forwarded', 'X-Host', ':authority']) {
      const value = name === 'Forwarded' ? `host=${own}` : own;
      expect([400, 403]).toContain((await ask([...changed('Host', 'evil.example'), [name, value]])).status);
    }
  });

  test('right only in the request’s own line', async () => {
    const line = `GET http://127.0.0.1:${String(server.port)}/ HTTP/1.1`;
    expect((await ask(changed('Host', 'evil.example'), line)).status).toBe(403);
  });
});

describe('a downgraded upgrade is refused:', () => {
  test.each<[string, string, string | undefined]>([
    ['no subprotocol', 'Sec-WebSocket-Protocol', undefined],
    ['an empty subprotocol', 'Sec-WebSocket-Protocol', ''],
    ['an older subprotocol', 'Sec-WebSocket-Protocol', 'slicescope.v0'],
    ['a longer subprotocol', 'Sec-WebSocket-Protocol', 'slicescope.v10'],
    ['a subprotocol of other letters', 'Sec-WebSocket-Protocol', 'SLICESCOPE.V1'],
    ['an older WebSocket', 'Sec-WebSocket-Version', '7'],
    ['no WebSocket version', 'Sec-WebSocket-Version', undefined],
    ['two WebSocket versions', 'Sec-WebSocket-Version', '7, 13'],
    ['no key', 'Sec-WebSocket-Key', undefined],
    ['a short key', 'Sec-WebSocket-Key', 'abc'],
    ['another protocol', 'Upgrade', 'h2c'],
  ])('%s', async (_, name, value) => {
    const { status } = await ask(changed(name, value));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  test.each(['POST / HTTP/1.1', 'GET / HTTP/1.0', 'CONNECT evil.example:80 HTTP/1.1', 'GET / HTTP/2.0'])(
    '%s',
    async (line) => {
      expect((await ask(good(), line)).status).not.toBe(101);
    },
  );

  test('compression is not agreed to', async () => {
    const { answer } = await ask([...good(), ['Sec-WebSocket-Extensions', 'permessage-deflate']]);
    expect(answer).not.toMatch(/extensions/i);
  });
});

describe('a handshake that is downgraded or repeated ends the connection:', () => {
  const nonce = '5a'.repeat(32);
  const refused = async (client: TestClient): Promise<void> => {
    const arrivals = await client.untilClosed();
    const kinds = arrivals.map((each) => (each.kind === 'message' ? each.message.type : each.kind));
    expect(kinds.filter((kind) => kind !== 'challenge')).toEqual(['error', 'closed']);
  };

  test.each([0, 2, -1, 1.5, '1', null, true, [1], undefined])('a hello of version %j', async (version) => {
    const client = await stranger();
    client.send(JSON.stringify({ type: 'hello', version, nonce }));
    await refused(client);
  });

  test.each(['', '00', nonce.toUpperCase(), `${nonce}00`, null, [nonce]])('a hello with the nonce %j', async (bad) => {
    const client = await stranger();
    client.send(JSON.stringify({ type: 'hello', version: 1, nonce: bad }));
    await refused(client);
  });

  test('a second hello after the challenge, with the same nonce or another', async () => {
    for (const second of [nonce, '00'.repeat(32)]) {
      const client = await stranger();
      client.say({ type: 'hello', version: 1, nonce });
      await client.message('challenge');
      client.say({ type: 'hello', version: 1, nonce: second });
      await refused(client);
    }
  });

  test('a second proof, even the right one', async () => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    const challenge = await client.message('challenge');
    const proof = proofOf(SECRET, 'client', nonce, challenge.nonce);
    client.say({ type: 'proof', proof });
    await client.message('welcome');
    client.say({ type: 'proof', proof });
    await refused(client);
  });

  test('anything that only a companion says', async () => {
    for (const type of ['challenge', 'welcome', 'opened', 'pong', 'closed', 'error']) {
      const client = await stranger();
      client.send(JSON.stringify({ type, version: 1, nonce, proof: nonce, instance: 'x', viewId: 'mine' }));
      await refused(client);
    }
  });

  test('a proof that another companion was made to give for the same nonces', async () => {
    // A stranger in the middle passes the challenge of the one on to a page of the other.
    const [here, there] = [await stranger(), await stranger(other.port)];
    here.say({ type: 'hello', version: 1, nonce });
    const challenge = await here.message('challenge');
    there.say({ type: 'hello', version: 1, nonce: challenge.nonce });
    const answer = await there.message('challenge');
    here.say({ type: 'proof', proof: answer.proof });
    await refused(here);
  });

  test('the secret of another kernel', async () => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    const challenge = await client.message('challenge');
    client.say({ type: 'proof', proof: proofOf(OTHER_SECRET, 'client', nonce, challenge.nonce) });
    await refused(client);
  });
});

describe('what belongs to another session is not had:', () => {
  test('a view of another kernel', async () => {
    const client = await proven();
    client.say({ type: 'open', viewId: 'theirs' });
    const sentence = 'The kernel no longer has this view. Run the cell again to show it.';
    expect(await client.message('error')).toEqual({
      type: 'error',
      code: 'unknown-view',
      message: sentence,
      viewId: 'theirs',
    });
    client.change('theirs', 'm', { index: 3 });
    client.grant(4);
    client.wish('theirs', 1, { requestId: 1, index: 0 });
    client.say({ type: 'ping' });
    await client.message('pong');
    expect(otherViews.get('theirs')).toMatchObject({ state: { index: 0 }, clients: new Set() });
  });

  test('slices and settings of a view that another page has open, but this one has not', async () => {
    const [owner, client] = [await proven(), await proven()];
    await owner.open('mine');
    client.grant(4);
    client.wish('mine', 1, { requestId: 1, index: 0 });
    client.change('mine', 'm', { index: 3 });
    client.say({ type: 'ping' });
    await client.message('pong');
    expect(views.get('mine')?.state.index).toBe(0);
    owner.say({ type: 'ping' });
    await owner.message('pong');
  });

  test.each(['__proto__', 'constructor', 'toString', '..', '.', 'mine.', 'MINE', 'mine-1'])(
    'a view by the name %s',
    async (viewId) => {
      const client = await proven();
      client.say({ type: 'open', viewId });
      expect(await client.message('error')).toMatchObject({ code: 'unknown-view', viewId });
    },
  );

  test('another volume, by a revision, an index or a plane that the view does not have', async () => {
    const client = await proven();
    await client.open('mine');
    client.grant(4);
    for (const revision of [0, 2, 0xffff_ffff]) client.wish('mine', revision, { requestId: 1, index: 0 });
    client.wish('mine', 1, { requestId: 2, index: 6 });
    expect(await client.message('error')).toMatchObject({ code: 'index-out-of-range' });
    client.change('mine', 'm', { volume: { revision: 9 } } as object);
    client.change('mine', 'm', JSON.parse('{"__proto__":{"index":3},"constructor":1}') as object);
    client.say({ type: 'ping' });
    for (;;) {
      const { message } = await client.nextOf('message');
      if (message.type === 'pong') break;
    }
    expect(views.get('mine')?.state).toMatchObject({ index: 0, volume: { revision: 1 } });
    expect(Object.prototype).not.toHaveProperty('index');
  });
});
