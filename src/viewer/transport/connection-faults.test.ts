/** @jest-environment node */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { serve, type RunningServer } from '../../../kernel-server/server';
import { Relay } from '../../../kernel-server/testing/relay';
import { viewRecord } from '../../../kernel-server/testing/records';
import { Views } from '../../../kernel-server/views';
import { voxelsOf, type Frame, type Limits, type ViewState } from '../../protocol';
import { phantom } from '../../volume/testing/phantom';
import { Connection, type ChannelListener, type CompanionAddress } from './connection';
import { PageSocket, installPage } from './testing/page';
import { wishFor } from '../testing/wishes';

/** A real companion's server, behind a wire that can be damaged. */
const page = installPage();

const SECRET = 'ab'.repeat(32);
const NEVER = 1_000_000_000;
/** Between two pings: long enough that a machine that does other things too answers within it. */
const BEAT = 300;
const LOST = 'The connection to the kernel is lost. Trying again.';
const NO_ANSWER = 'The kernel does not answer. Trying again.';
const UNREACHABLE = 'The kernel can’t be reached. Trying again.';
const volume = phantom([5, 4, 6]);

let folder: string;
let views: Views;
let server: RunningServer;
let relay: Relay;
let address: CompanionAddress;
let connection: Connection;
let listener: Listener;

/** What a view hears, one after the other. */
class Listener implements ChannelListener {
  readonly heard: (string | ViewState | Frame)[] = [];
  #wake: () => void = () => undefined;

  opened(state: ViewState): void {
    this.#add(state);
  }
  changed(): void {
    // Not the subject here.
  }
  custom(): void {
    // Not the subject here.
  }
  frame(frame: Frame): void {
    this.#add(frame);
  }
  failed(message: string, isFinal: boolean): void {
    this.#add(isFinal ? `${message} (final)` : message);
  }

  async next(): Promise<string | ViewState | Frame> {
    for (;;) {
      const first = this.heard.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next thing must be the view's state: the connection is there. */
  async connected(): Promise<void> {
    const next = await this.next();
    expect(next).toHaveProperty('volume');
  }

  #add(thing: string | ViewState | Frame): void {
    this.heard.push(thing);
    this.#wake();
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-'));
  const pagesFile = join(folder, 'pages.json');
  writeFileSync(pagesFile, JSON.stringify(['localhost:8888']), { mode: 0o600 });
  views = new Views(() => undefined);
  views.put(viewRecord('a', volume), 1);
  server = await serve(views, { secret: SECRET, pagesFile, port: 0, limits: { silenceMs: 6 * BEAT } });
  relay = await Relay.start(server.port);
  address = { urls: [`ws://127.0.0.1:${String(relay.port)}/`], secret: SECRET };
  listener = new Listener();
});

afterEach(() => {
  connection.close('a');
  relay.close();
  server.close();
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

function open(limits: Partial<Limits>): void {
  connection = new Connection(() => Promise.resolve(address), { retryMs: 10, ...limits });
  connection.open('a', listener);
}

/** A slice comes over the connection, exact. */
async function expectSlice(): Promise<void> {
  connection.comm('a', '', wishFor(1, 2));
  const frame = (await listener.next()) as Frame;
  expect(frame.index).toBe(2);
  expect(voxelsOf(frame, frame.payload)).toEqual(volume.slice('xy', 2).data);
}

test('a connection that is cut is told of and made again', async () => {
  open({});
  await listener.connected();
  relay.cut();
  expect(await listener.next()).toBe(LOST);
  await listener.connected();
  await expectSlice();
});

test('a half-open connection is found by its silence, told of and made again', async () => {
  open({ heartbeatMs: BEAT });
  await listener.connected();
  relay.stall();
  expect(await listener.next()).toBe(NO_ANSWER);
  await listener.connected();
  await expectSlice();
  expect(relay.count).toBe(2);
});

test('a link that stops in the middle of a frame brings no part of it, and the whole slice afterwards', async () => {
  const large = phantom([1000, 1500, 2]);
  views.put(viewRecord('a', large), 1);
  open({ heartbeatMs: BEAT });
  await listener.connected();
  const stalled = relay.stallAfter(1_000_000);
  connection.comm('a', '', wishFor(1, 1));
  await stalled;
  expect(await listener.next()).toBe(NO_ANSWER);
  await listener.connected();
  connection.comm('a', '', wishFor(2, 1));
  const frame = (await listener.next()) as Frame;
  expect(frame.requestId).toBe(2);
  const data = voxelsOf(frame, frame.payload);
  const expected = large.slice('xy', 1).data;
  expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(new Uint8Array(expected.buffer))).toBe(true);
});

test('the companion drops a page that has vanished without a close, and keeps one that is only quiet', async () => {
  open({ heartbeatMs: NEVER });
  await listener.connected();
  relay.stall();
  const quiet = new Connection(
    () => Promise.resolve({ ...address, urls: [`ws://127.0.0.1:${String(server.port)}/`] }),
    { heartbeatMs: BEAT },
  );
  const other = new Listener();
  quiet.open('a', other);
  await other.connected();
  expect(views.get('a')?.clients.size).toBe(2);
  while (views.get('a')?.clients.size !== 1) await new Promise(setImmediate);
  expect(other.heard).toEqual([]);
  quiet.close('a');
});

test('a quiet connection whose other end answers is kept, however long nothing else is said', async () => {
  PageSocket.pings = 0;
  open({ heartbeatMs: BEAT });
  await listener.connected();
  while (PageSocket.pings < 6) await new Promise(setImmediate);
  expect(listener.heard).toEqual([]);
  expect(relay.count).toBe(1);
});

test('an end that accepts and says nothing is given up in time, and tried again', async () => {
  relay.isDown = true;
  open({ connectMs: BEAT });
  expect(await listener.next()).toBe(UNREACHABLE);
  relay.isDown = false;
  while (typeof listener.heard[0] === 'string' || listener.heard.length === 0) {
    listener.heard.shift();
    await new Promise(setImmediate);
  }
  await listener.connected();
});

test('if Jupyter’s server never says where the companion is, it is asked again', async () => {
  let asked = 0;
  const locate = async (signal: AbortSignal): Promise<CompanionAddress> => {
    asked += 1;
    if (asked > 1) return address;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new Error('no answer');
  };
  connection = new Connection(locate, { connectMs: BEAT, retryMs: 1 });
  connection.open('a', listener);
  expect(await listener.next()).toBe('no answer');
  await listener.connected();
});

describe('at once, without waiting for the heartbeats or the next attempt,', () => {
  /** The clock of a computer that has slept for ten minutes. */
  const sleep = (): void => {
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 600_000);
  };

  test('a connection is found dead after a sleep', async () => {
    open({ heartbeatMs: BEAT, missedHeartbeats: NEVER });
    await listener.connected();
    relay.stall();
    sleep();
    expect(await listener.next()).toBe(NO_ANSWER);
    await listener.connected();
    await expectSlice();
  });

  test('one that has survived the sleep is kept', async () => {
    PageSocket.pings = 0;
    open({ heartbeatMs: BEAT, missedHeartbeats: NEVER });
    await listener.connected();
    sleep();
    while (PageSocket.pings < 4) await new Promise(setImmediate);
    expect(listener.heard).toEqual([]);
    expect(relay.count).toBe(1);
  });

  test.each([
    ['the network is back', () => page.window.dispatchEvent(new Event('online'))],
    ['the page is looked at again', () => page.document.dispatchEvent(new Event('visibilitychange'))],
  ])('a connection is found dead, or made, when %s', async (_, happen) => {
    open({ heartbeatMs: BEAT, missedHeartbeats: NEVER, retryMs: NEVER, maxRetryMs: NEVER });
    await listener.connected();
    relay.stall();
    happen();
    expect(await listener.next()).toBe(NO_ANSWER);
    happen();
    await listener.connected();
    await expectSlice();
  });

  test('nothing is tried while the page is hidden, or where no view is open', async () => {
    open({ heartbeatMs: NEVER, retryMs: NEVER, maxRetryMs: NEVER });
    await listener.connected();
    relay.cut();
    expect(await listener.next()).toBe(LOST);
    page.document.visibilityState = 'hidden';
    page.document.dispatchEvent(new Event('visibilitychange'));
    page.document.visibilityState = 'visible';
    connection.close('a');
    page.window.dispatchEvent(new Event('online'));
    await new Promise(setImmediate);
    expect(relay.count).toBe(1);
  });
});

describe('attempts come', () => {
  /** The longest waits that may come, which are those that chance picks at its upper end. */
  async function waits(count: number): Promise<number[]> {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    open({ retryMs: 5, maxRetryMs: 50 });
    await listener.connected();
    while (relay.count <= count) {
      relay.cut();
      while (typeof (await listener.next()) === 'string');
    }
    const own = timers.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms > 0 && ms <= 50);
    return own.slice(0, count);
  }

  test('later and later up to a limit, also where each one succeeds and breaks at once', async () => {
    expect(await waits(6)).toEqual([5, 10, 20, 40, 50, 50]);
  });

  test('soon again after a connection that has lasted', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 60_000));
    expect(await waits(4)).toEqual([5, 5, 5, 5]);
  });

  test('at any time up to then, as chance has it', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.25);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    open({ heartbeatMs: NEVER, retryMs: 40 });
    await listener.connected();
    relay.cut();
    await listener.next();
    expect(random).toHaveBeenCalled();
    expect(timers.mock.calls.map(([, ms]) => ms)).toContain(10);
    await listener.connected();
  });
});
