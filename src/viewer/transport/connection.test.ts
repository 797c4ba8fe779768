/** @jest-environment node */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { serve, type RunningServer } from '../../../kernel-server/server';
import { Views } from '../../../kernel-server/views';
import { SlicescopeError, VOLUME_ITSELF, voxelsOf, type Frame, type ViewState, type WishList } from '../../protocol';
import { initialSettings } from '../../shading';
import { Volume } from '../../volume';
import { Connection, type ChannelListener, type CompanionAddress } from './connection';
import { PageSocket, installPage } from './testing/page';
import { wishFor } from '../testing/wishes';

const page = installPage();

/** Of a real companion's server. */
const SECRET = 'ab'.repeat(32);
const READER_SECRET = 'cd'.repeat(32);
let folder: string;
let views: Views;
let server: RunningServer;
let address: CompanionAddress;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-'));
  const pagesFile = join(folder, 'pages.json');
  writeFileSync(pagesFile, JSON.stringify(['localhost:8888']), { mode: 0o600 });
  views = new Views(() => undefined);
  server = await serve(views, { secret: SECRET, readerSecret: READER_SECRET, pagesFile, port: 0 });
  address = { urls: [`ws://127.0.0.1:${String(server.port)}/`], secret: SECRET };
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function putView(viewId: string): Volume {
  const data = Uint16Array.from({ length: 60 }, (_, at) => at * 7);
  const volume = Volume.from(data, [4, 3, 5]);
  const settings = { ...initialSettings(volume.info(1), [0, 420]), index: 1 };
  views.put({ viewId, volume: volume.toRecord(), revision: 1, overlays: [], settings }, 1);
  return volume;
}

/** What a listener heard, as promises of the first of each kind. */
function listen(): {
  listener: ChannelListener;
  opened: Promise<ViewState>;
  frame: Promise<Frame>;
  failed: Promise<[string, boolean]>;
} {
  const listener: ChannelListener = {
    opened: () => undefined,
    changed: () => undefined,
    custom: () => undefined,
    frame: () => undefined,
    failed: () => undefined,
  };
  const opened = new Promise<ViewState>((resolve) => (listener.opened = resolve));
  const frame = new Promise<Frame>((resolve) => (listener.frame = resolve));
  const failed = new Promise<[string, boolean]>((resolve) => {
    listener.failed = (text, isFinal) => {
      resolve([text, isFinal]);
    };
  });
  return { listener, opened, frame, failed };
}

test('a page on the companion’s machine grants two frames, and one more for each that it has taken', async () => {
  putView('near');
  const sent = jest.spyOn(PageSocket.prototype, 'send');
  const granted = (): number[] =>
    sent.mock.calls
      .map(([text]) => JSON.parse(text) as { readonly type: string; readonly frames: number })
      .flatMap(({ type, frames }) => (type === 'credit' ? [frames] : []));
  const connection = new Connection(() => Promise.resolve(address));
  const { listener, opened, frame } = listen();
  connection.open('near', listener);
  await opened;
  expect(granted()).toEqual([2]);
  const whole = { ...VOLUME_ITSELF, level: [0, 0], tile: [0, 0], encoding: 'raw' } as const;
  const wish = { requestId: 1, plane: 'xy', index: 2, ...whole, priority: 'view' } as const;
  const content = { kind: 'wishes', revision: 1, preview: null, tiles: [wish] } as const;
  connection.comm('near', 'm', { method: 'custom', content });
  await frame;
  expect(granted()).toEqual([2, 1]);
  connection.close('near');
  sent.mockRestore();
});

test('a view that is opened gets its state, and a request its exact values', async () => {
  const volume = putView('view-1');
  const connection = new Connection(() => Promise.resolve(address));
  const { listener, opened, frame } = listen();
  connection.open('view-1', listener);
  expect((await opened).volume.shape).toEqual([4, 3, 5]);
  const whole = { ...VOLUME_ITSELF, level: [0, 0], tile: [0, 0], encoding: 'raw' } as const;
  const wish = { plane: 'yz', index: 2, ...whole, priority: 'view' } as const;
  const content = { kind: 'wishes', revision: 1, preview: null, tiles: [{ requestId: 9, ...wish }] } as const;
  connection.comm('view-1', 'm', { method: 'custom', content });
  const arrived = await frame;
  expect(arrived.requestId).toBe(9);
  expect(voxelsOf(arrived, arrived.payload)).toEqual(volume.slice('yz', 2).data);
  connection.close('view-1');
});

test('a change is said after the frame of its picture, which wishes are not kept back for, and what else is said after it', async () => {
  putView('first');
  const frames: (() => void)[] = [];
  Object.assign(globalThis, { requestAnimationFrame: (draw: () => void) => frames.push(draw) });
  const sent = jest.spyOn(PageSocket.prototype, 'send');
  const said = (): string[] =>
    sent.mock.calls
      .splice(0)
      .map(
        ([text]) =>
          JSON.parse(text) as { readonly type: string; readonly data?: { readonly content?: { kind: string } } },
      )
      .map(({ type, data }) => (type === 'comm' ? (data?.content?.kind ?? 'change') : type));
  const connection = new Connection(() => Promise.resolve(address));
  const { listener, opened } = listen();
  connection.open('first', listener);
  await opened;
  said();
  const answered = new Promise<void>((resolve) => {
    listener.changed = () => {
      listener.changed = () => undefined;
      change(5); // It was gathered until the answer was there.
      resolve();
    };
  });
  const change = (index: number): void => {
    connection.comm('first', 'm', { method: 'update', state: { index }, buffer_paths: [] });
  };
  const wishes = { kind: 'wishes', revision: 1, preview: null, tiles: [] } as const;
  const histogram = { kind: 'histogram', layer: 0, frame: 0, bins: 4 } as const;
  change(1);
  change(2);
  connection.comm('first', 'm', { method: 'custom', content: wishes });
  expect([said(), frames.length]).toEqual([['wishes'], 1]);
  frames.splice(0).forEach((draw) => {
    draw();
  });
  expect(said()).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(said()).toEqual(['change', 'change']);
  await answered;
  expect(said()).toEqual(['change']);
  change(3);
  connection.comm('first', 'm', { method: 'custom', content: histogram });
  expect(said()).toEqual(['change', 'histogram']);
  page.document.visibilityState = 'hidden'; // It makes no frames.
  change(4);
  expect(said()).toEqual(['change']);
  page.document.visibilityState = 'visible';
  change(0);
  connection.close('first');
  expect(said()).toEqual(['change', 'close']);
  sent.mockRestore();
});

test('a view that the kernel does not have is a final sentence', async () => {
  const connection = new Connection(() => Promise.resolve(address));
  const { listener, failed } = listen();
  connection.open('nobody', listener);
  expect(await failed).toEqual(['The kernel no longer has this view. Run the cell again to show it.', true]);
  connection.close('nobody');
});

test('somebody else behind the port, who does not hold the secret, is sent no proof', async () => {
  const connection = new Connection(() => Promise.resolve({ ...address, secret: 'cd'.repeat(32) }));
  const { listener, failed } = listen();
  connection.open('view-1', listener);
  expect(await failed).toEqual(['Something else than the kernel answered. Run the cell again.', false]);
  connection.close('view-1');
});

test('where there is no companion any more, the person is told once and nothing is tried again', async () => {
  let asked = 0;
  const connection = new Connection(() => {
    asked += 1;
    return Promise.reject(new SlicescopeError('unknown-view', 'Run the cell again.', { viewId: '' }));
  });
  const { listener, failed } = listen();
  connection.open('view-1', listener);
  expect(await failed).toEqual(['Run the cell again.', true]);
  expect(asked).toBe(1);
  connection.close('view-1');
});

test('if the first address does not answer, the next one is tried', async () => {
  putView('view-2');
  const urls = ['ws://127.0.0.1:9/', ...address.urls];
  const connection = new Connection(() => Promise.resolve({ urls, secret: SECRET }));
  const { listener, opened } = listen();
  connection.open('view-2', listener);
  expect((await opened).index).toBe(1);
  connection.close('view-2');
});

test('of several addresses that all fail, what one answered is told, and not that another is out of reach', async () => {
  const urls = [...address.urls, 'ws://127.0.0.1:9/'];
  const connection = new Connection(() => Promise.resolve({ urls, secret: 'cd'.repeat(32) }));
  const { listener, failed } = listen();
  connection.open('view-1', listener);
  expect(await failed).toEqual(['Something else than the kernel answered. Run the cell again.', false]);
  connection.close('view-1');
});

test('when the companion ends a connection its reason is told, and not only that it is lost', async () => {
  putView('view-3');
  const connection = new Connection(() => Promise.resolve(address));
  const { listener, opened } = listen();
  connection.open('view-3', listener);
  await opened;
  const told: string[] = [];
  listener.failed = (text) => told.push(text);
  const again = new Promise((resolve) => (listener.opened = resolve));
  connection.comm('view-3', 'm', { method: 'custom', content: { kind: 'nothing' } as unknown as WishList });
  await again;
  expect(new Set(told).size).toBe(1);
  expect(told[0]).toMatch(/kind/);
  connection.close('view-3');
});

test('a page that may only look gets slices, and keeps to itself what its person changes and points at', async () => {
  putView('looked-at');
  const sent = jest.spyOn(PageSocket.prototype, 'send');
  const said = (): string[] => sent.mock.calls.splice(0).map(([text]) => (JSON.parse(text) as { type: string }).type);
  const connection = new Connection(() => Promise.resolve({ ...address, secret: READER_SECRET, access: 'look' }));
  const { listener, opened, frame } = listen();
  const changed = jest.fn();
  listener.changed = changed;
  connection.open('looked-at', listener);
  await opened;
  expect(connection.access).toBe('look');
  expect(said()).toEqual(['hello', 'proof', 'credit', 'open']);
  connection.comm('looked-at', 'm', { method: 'update', state: { index: 3 }, buffer_paths: [] });
  expect(changed).not.toHaveBeenCalled(); // As an answer that comes from elsewhere.
  await Promise.resolve();
  expect(changed.mock.calls).toEqual([[{ index: 3 }, 'echo_update', 'm']]);
  const pointer = { kind: 'click', plane: 'xy', position: [0, 0, 0], frame: 0, values: [] } as const;
  connection.comm('looked-at', '', { method: 'custom', content: pointer });
  connection.comm('looked-at', '', wishFor(1, 2));
  expect((await frame).index).toBe(2);
  expect(said()).toEqual(['comm', 'credit']);
  expect(views.get('looked-at')?.state.index).toBe(1);
  connection.close('looked-at');
  sent.mockRestore();
});
