import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LIMITS, voxelsOf } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { serve, type RunningServer } from './server';
import { PAGE_HOST, TestClient, proofOf, type Arrival } from './testing/client';
import { viewRecord } from './testing/records';
import { Views } from './views';

const SECRET = randomBytes(32).toString('hex');
const volume = phantom([5, 4, 6]);
let changed: (viewId: string) => void = () => undefined;
const views = new Views((viewId) => {
  changed(viewId);
});
views.put(viewRecord('a', volume), 1);

const folder = mkdtempSync(join(tmpdir(), 'slicescope-server-'));
const pagesFile = join(folder, 'pages.json');
let server: RunningServer;
/** One that does not wait long for who stays silent; the other is patient, because a busy machine is not always quick. */
let impatient: RunningServer;
beforeAll(async () => {
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
  const options = { secret: SECRET, pagesFile, port: 0 };
  server = await serve(views, { ...options, limits: { handshakeMs: 60_000 } });
  impatient = await serve(views, { ...options, limits: { handshakeMs: 200 } });
});
afterAll(() => {
  server.close();
  impatient.close();
  rmSync(folder, { recursive: true });
});

const opened: TestClient[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) await client.end();
});
async function stranger(headers: Readonly<Record<string, string>> = {}, { port } = server): Promise<TestClient> {
  const client = await TestClient.connect(port, headers);
  opened.push(client);
  return client;
}
async function proven(headers: Readonly<Record<string, string>> = {}): Promise<TestClient> {
  const client = await stranger(headers);
  await client.shakeHands(SECRET);
  return client;
}

const nonce = '5a'.repeat(32);
const types = (arrivals: readonly Arrival[]): string[] =>
  arrivals.map((arrival) => (arrival.kind === 'message' ? arrival.message.type : arrival.kind));

/** Refused: one error of this code, then the close; no frame, no welcome, no state. */
async function refused(client: TestClient, code: string): Promise<void> {
  const arrivals = await client.untilClosed();
  const rest = arrivals.filter((arrival) => arrival.kind !== 'message' || arrival.message.type !== 'challenge');
  expect(rest).toEqual([
    { kind: 'message', message: { type: 'error', code, message: expect.any(String) as unknown } },
    { kind: 'closed', code: 1008, reason: code },
  ]);
}

describe('a message that needs no answer', () => {
  /** Messages through this Host without an answer, and with one: the pongs of the socket that came meanwhile. */
  async function pongsOf(headers: Readonly<Record<string, string>>): Promise<number[]> {
    const client = await proven(headers);
    const count = jest.fn();
    client.socket.on('pong', count);
    const counts: number[] = [];
    const answered = async (): Promise<void> => {
      client.say({ type: 'ping' });
      expect(types([await client.next()])).toEqual(['pong']);
      counts.push(count.mock.calls.length);
    };
    await answered();
    for (let turn = 0; turn < 2; turn++) {
      const pong = 'Host' in headers ? once(client.socket, 'pong') : null;
      client.grant(1);
      await pong;
      await answered();
    }
    return counts;
  }

  test('is acknowledged at once through Jupyter’s proxy, which would hold the next one back, and no other is', async () => {
    expect(await pongsOf({ Host: PAGE_HOST })).toEqual([0, 1, 2]);
  });

  test('is not acknowledged where the page itself is the other end', async () => {
    expect(await pongsOf({})).toEqual([0, 0, 0]);
  });
});

describe('a client that proves itself', () => {
  test('is welcome, and gets slices', async () => {
    const client = await proven();
    const { channel, state } = await client.open('a');
    expect(state).toEqual(views.get('a')?.state);
    const frame = await client.slice('a', 1, { requestId: 1, plane: 'xz', index: 2 });
    expect(frame).toMatchObject({ channel, requestId: 1, plane: 'xz', index: 2, width: 5, height: 6 });
    expect(voxelsOf(frame, frame.payload)).toEqual(volume.slice('xz', 2).data);
  });

  test('finds the same run of the companion each time, and a fresh nonce', async () => {
    const one = await stranger();
    const other = await stranger();
    expect(await one.shakeHands(SECRET)).toBe(await other.shakeHands(SECRET));
    const nonces = [one, other].map(({ record }) => (JSON.parse(record[1]?.text ?? '') as { nonce: string }).nonce);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('never sees the secret on the wire', async () => {
    const client = await proven();
    await client.open('a');
    for (const { text } of client.record) expect(text).not.toContain(SECRET);
  });

  test('is told of a message that is not allowed, and closed', async () => {
    const client = await proven();
    client.send('{"type":"open"}');
    await refused(client, 'protocol-error');
  });

  test('may not send binary frames', async () => {
    const client = await proven();
    client.socket.send(Buffer.from('{"type":"credit","frames":4}'));
    await refused(client, 'protocol-error');
  });

  test('may not shake hands again', async () => {
    const client = await proven();
    client.say({ type: 'hello', version: 1, nonce });
    await refused(client, 'protocol-error');
  });

  test('is no longer listened to after its mistake', async () => {
    const client = await proven();
    client.send('nonsense');
    client.say({ type: 'open', viewId: 'a' });
    client.send('nonsense');
    await refused(client, 'protocol-error');
    expect(views.get('a')?.clients.size).toBe(0);
  });

  test('lets go of its views when it is gone', async () => {
    const client = await proven();
    await client.open('a');
    expect(views.get('a')?.clients.size).toBe(1);
    await client.end();
    while (views.get('a')?.clients.size !== 0) await setImmediate();
  });
});

describe('nothing but an error is sent to who', () => {
  test('opens a view without any proof', async () => {
    const client = await stranger();
    client.say({ type: 'open', viewId: 'a' });
    await refused(client, 'unauthorized');
  });

  test('opens a view after the challenge, without proof', async () => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    await client.message('challenge');
    client.say({ type: 'open', viewId: 'a' });
    await refused(client, 'unauthorized');
  });

  test('proves before it was challenged', async () => {
    const client = await stranger();
    client.say({ type: 'proof', proof: proofOf(SECRET, 'client', nonce, nonce) });
    await refused(client, 'unauthorized');
  });

  test('says hello twice', async () => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    client.say({ type: 'hello', version: 1, nonce });
    await refused(client, 'unauthorized');
  });

  test.each<[string, (serverNonce: string, serverProof: string) => string]>([
    ['has another secret', (serverNonce) => proofOf('00'.repeat(32), 'client', nonce, serverNonce)],
    ['sends the server’s own proof back', (_, serverProof) => serverProof],
    ['signs in the server’s role', (serverNonce) => proofOf(SECRET, 'server', nonce, serverNonce)],
    ['signs the nonces the other way round', (serverNonce) => proofOf(SECRET, 'client', serverNonce, nonce)],
    ['signs another nonce of its own', (serverNonce) => proofOf(SECRET, 'client', '00'.repeat(32), serverNonce)],
    ['sends nothing but zeros', () => '0'.repeat(64)],
  ])('%s', async (_, forge) => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    const challenge = await client.message('challenge');
    client.say({ type: 'proof', proof: forge(challenge.nonce, challenge.proof) });
    await refused(client, 'unauthorized');
  });

  test('replays a whole session that it has recorded', async () => {
    const honest = await proven();
    await honest.open('a');
    const said = honest.record.filter(({ from }) => from === 'client').map(({ text }) => text);
    expect(said).toHaveLength(3);
    const replay = await stranger();
    for (const text of said) replay.send(text);
    await refused(replay, 'unauthorized');
  });

  test('lets another connection of the same time be challenged for it', async () => {
    const [victim, attacker] = [await stranger(), await stranger()];
    victim.say({ type: 'hello', version: 1, nonce });
    attacker.say({ type: 'hello', version: 1, nonce });
    const challenge = await victim.message('challenge');
    await attacker.message('challenge');
    attacker.say({ type: 'proof', proof: proofOf(SECRET, 'client', nonce, challenge.nonce) });
    await refused(attacker, 'unauthorized');
  });

  test('proves well at the second attempt', async () => {
    const client = await stranger();
    client.say({ type: 'hello', version: 1, nonce });
    const challenge = await client.message('challenge');
    client.say({ type: 'proof', proof: '0'.repeat(64) });
    client.say({ type: 'proof', proof: proofOf(SECRET, 'client', nonce, challenge.nonce) });
    await refused(client, 'unauthorized');
  });

  test.each([
    ['speaks another version', '{"type":"hello","version":2,"nonce":"' + nonce + '"}'],
    ['speaks no JSON', 'GET / HTTP/1.1'],
    ['says nothing that there is', '{}'],
  ])('%s', async (_, text) => {
    const client = await stranger();
    client.send(text);
    await refused(client, 'protocol-error');
  });

  test('stays silent', async () => {
    const [silent, halfWay] = [await stranger({}, impatient), await stranger({}, impatient)];
    halfWay.say({ type: 'hello', version: 1, nonce });
    await refused(silent, 'unauthorized');
    await refused(halfWay, 'unauthorized');
  });
});

/** What a raw connection gets until it is closed. */
async function raw(text: string, { port } = server): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
  if (text !== '') socket.write(text);
  await new Promise((resolve, reject) => {
    socket.once('close', resolve);
    socket.once('error', reject);
  });
  return answer;
}

/** A plain HTTP request's status, headers and body. */
async function http(method: string, path: string): Promise<{ status: number | undefined; body: string }> {
  return await new Promise((resolve, reject) => {
    const headers = { Origin: `http://${PAGE_HOST}` };
    const asked = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString('latin1')));
      response.on('end', () => {
        resolve({ status: response.statusCode, body });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('plain HTTP', () => {
  test.each([
    ['GET', '/'],
    ['HEAD', '/'],
    ['POST', '/a'],
    ['OPTIONS', '/a'],
    ['GET', '/../../etc/passwd'],
  ])('%s %s is answered with 426 and no byte', async (method, path) => {
    expect(await http(method, path)).toEqual({ status: 426, body: '' });
  });

  test('that is none is answered with 400', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/);
  });

  test('an upgrade to something else is refused', async () => {
    const upgrade = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${String(server.port)}\r\nOrigin: http://${PAGE_HOST}\r\n`;
    expect(await raw(`${upgrade}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test('a connection on which no request comes is closed', async () => {
    expect(await raw('', impatient)).not.toMatch(/ 200 /);
    expect(await raw('GET / HTTP/1.1\r\nHost: ', impatient)).not.toMatch(/ 200 /);
  });
});

describe('an upgrade is refused with 403', () => {
  test.each<[string, Record<string, string>]>([
    ['from a foreign page', { Origin: 'http://evil.example' }],
    ['from a page of another port', { Origin: 'http://localhost:8889' }],
    ['from a sandboxed page', { Origin: 'null' }],
    ['by DNS rebinding', { Host: 'evil.example' }],
  ])('%s', async (_, headers) => {
    const withPort = headers.Host === undefined ? headers : { Host: `${headers.Host}:${String(server.port)}` };
    await expect(stranger(withPort)).rejects.toThrow('Unexpected server response: 403');
  });

  test('without an Origin', async () => {
    const host = `127.0.0.1:${String(server.port)}`;
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
    const text = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`;
    expect(await raw(text)).toBe('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
});

test('it listens on 127.0.0.1 and on no other address of this machine', async () => {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const others = own.map(({ address }) => address).filter((address) => address !== '127.0.0.1');
  for (const host of ['127.0.0.2', '::1', ...others]) {
    const outcome = await new Promise((resolve) => {
      const socket = connect(server.port, host);
      socket.once('connect', () => {
        socket.destroy();
        resolve('connected');
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code);
      });
    });
    expect([host, outcome]).toEqual([host, expect.stringMatching(/^E(CONNREFUSED|ADDRNOTAVAIL|INVAL|NETUNREACH)$/)]);
  }
});

describe('the limits', () => {
  test('a message of the largest size is read, a larger one ends the connection', async () => {
    const client = await proven();
    const padded = (bytes: number): string => {
      const text = JSON.stringify({ type: 'open', viewId: 'a', padding: '' });
      return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`);
    };
    client.send(padded(LIMITS.messageBytes));
    await client.message('opened');
    client.send(padded(LIMITS.messageBytes + 1));
    const arrivals = await client.untilClosed();
    expect(types(arrivals)).toEqual(['closed']);
  });

  test('a client that asks and never reads is closed, and keeps no more than the limit waiting', async () => {
    const long = 'x'.repeat(60_000);
    views.put(viewRecord('long', phantom([2, 2, 2], 'uint8', { name: long }), 1, { index: 1 }), 1);
    const client = await proven();
    client.socket.pause();
    const asked = 2000; // 120 MB of answers.
    for (let i = 0; i < asked; i++) client.socket.send('{"type":"open","viewId":"long"}');
    const allTaken = new Promise((resolve) => (changed = resolve));
    client.change('long', '', { index: 0 });
    expect(await allTaken).toBe('long');
    client.socket.resume();
    const arrivals = await client.untilClosed();
    expect(arrivals.at(-1)).toEqual({ kind: 'closed', code: 1013, reason: 'not reading' });
    expect(arrivals.length).toBeLessThan(asked);
    views.close('long');
  });

  test('credits in a flood bring no more frames than were granted at once', async () => {
    const client = await proven();
    await client.open('a');
    for (let i = 0; i < 1000; i++) client.grant(LIMITS.credits);
    for (let requestId = 1; requestId <= 10; requestId++) {
      client.wish('a', 1, { requestId, index: requestId % 6 });
    }
    client.say({ type: 'open', viewId: 'a' });
    const arrivals = [];
    for (;;) {
      const arrival = await client.next();
      if (arrival.kind === 'message') break;
      arrivals.push(arrival);
    }
    expect(arrivals).toHaveLength(LIMITS.credits);
  });

  test('more clients than allowed are refused, until one of them leaves', async () => {
    const clients: TestClient[] = [];
    for (let i = 0; i < LIMITS.clients; i++) clients.push(await proven());
    const refused = await stranger();
    await refused.prove(SECRET);
    expect(await refused.untilClosed()).toEqual([
      { kind: 'message', message: expect.objectContaining({ type: 'error', code: 'limit-exceeded' }) },
      { kind: 'closed', code: 1008, reason: 'limit-exceeded' },
    ]);
    const [first] = clients;
    first?.socket.close();
    expect(types((await first?.untilClosed()) ?? [])).toEqual(['closed']);
    await expect(proven()).resolves.toBeInstanceOf(TestClient);
  });
});

describe('a running server', () => {
  test('refuses a port that is taken', async () => {
    await expect(serve(views, { secret: SECRET, pagesFile, port: server.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('drops its sockets when it is closed', async () => {
    const own = await serve(views, { secret: SECRET, pagesFile, port: 0 });
    const client = await TestClient.proven(own.port, SECRET);
    own.close();
    expect(types(await client.untilClosed())).toEqual(['closed']);
    await expect(TestClient.connect(own.port)).rejects.toThrow('ECONNREFUSED');
  });
});
