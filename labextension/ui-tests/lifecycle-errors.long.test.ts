import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestClient } from '../../kernel-server/testing/client';
import { LIMITS, SUBPROTOCOL, VIEW_MIME, VOLUME_ITSELF, type ViewBundle } from '../../src/protocol';
import type { JupyterServer } from './jupyter';
import { freePort } from '../../tests/free-port';
import { recordOf } from './kernels';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import type { Traffic } from '../../tests/browser/traffic';

const stand = useJupyter();

/**
 * What goes wrong reaches the person with its reason, also through Jupyter's proxy, which opens a socket before it
 * has reached the companion, and passes on messages but no HTTP status and no close code.
 */
let server: JupyterServer;
let notebook: NotebookPage;
let traffic: Traffic;
let viewer: ViewerPage;
/** Which view it is, as the output in the notebook's file names it. */
let view: ViewBundle;

interface Saved {
  cells: { outputs: { data: Partial<Record<string, ViewBundle>> }[] }[];
}

/** The page's sockets to companions, and every sentence that a notice has had. */
interface Recorded {
  companions: WebSocket[];
  sentences: string[];
}

/** Runs in the page before anything else. */
function record(): void {
  const recorded: Recorded = { companions: [], sentences: [] };
  Object.assign(window, { recorded });
  Reflect.deleteProperty(window, 'Worker'); // The page's sockets are its own then.
  window.WebSocket = class extends window.WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (protocols === 'slicescope.v1') recorded.companions.push(this);
    }
  };
  const observer = new MutationObserver(() => {
    for (const notice of document.querySelectorAll('.slicescope-notice')) {
      const text = notice.textContent;
      if (text !== '' && !recorded.sentences.includes(text)) recorded.sentences.push(text);
    }
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}

beforeEach(() => {
  ({ server } = stand);
});
afterEach(() => {
  expect(traffic.companions).not.toEqual([]);
});

async function openLive(): Promise<void> {
  const opened = await stand.openWatched([SHOW_CELL], record);
  ({ notebook, traffic } = opened);
  await notebook.runCell(1);
  viewer = notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  await notebook.save();
  const { cells } = JSON.parse(readFileSync(join(server.folder, opened.name), 'utf8')) as Saved;
  const bundle = cells[1]?.outputs[0]?.data[VIEW_MIME];
  if (bundle === undefined) throw new Error('The saved notebook has no view.');
  view = bundle;
}

const fileOfRecord = (): string => join(server.runtimeDir, `slicescope-${view.kernelId}.json`);

/** Load the page again, after `meanwhile`, and wait for what it says of its view. */
async function expectSentenceAfterReload(sentence: RegExp, meanwhile?: () => Promise<void>): Promise<void> {
  const url = notebook.page.url();
  await notebook.page.goto('about:blank');
  await meanwhile?.();
  await notebook.page.goto(url);
  await notebook.page.locator('.slicescope-saved .slicescope-notice').filter({ hasText: sentence }).waitFor();
  expect(await notebook.page.locator('.slicescope-saved img').isVisible()).toBe(true);
}

async function expectLiveByItself(): Promise<void> {
  await showsRamp(notebook.viewer(), { index: 10 });
  expect(await notebook.viewer().notice.isHidden()).toBe(true);
}

/** Say something on the page's own socket, as a page that is broken would. */
async function say(text: string): Promise<void> {
  await notebook.page.evaluate((message) => {
    const { recorded } = window as unknown as { recorded: Recorded };
    recorded.companions.at(-1)?.send(message);
  }, text);
}

test('a port behind which nothing is any more is said to be out of reach; the view comes back by itself', async () => {
  await openLive();
  const good = readFileSync(fileOfRecord(), 'utf8');
  writeFileSync(fileOfRecord(), JSON.stringify({ ...recordOf(server, view.kernelId), port: await freePort() }));
  await expectSentenceAfterReload(/The kernel can’t be reached/);
  writeFileSync(fileOfRecord(), good);
  await expectLiveByItself();
});

test('a companion that does not hold the secret is not believed, and the person is told', async () => {
  await openLive();
  const good = readFileSync(fileOfRecord(), 'utf8');
  const secret = randomBytes(32).toString('hex');
  writeFileSync(fileOfRecord(), JSON.stringify({ ...recordOf(server, view.kernelId), secret }));
  await expectSentenceAfterReload(/Something else than the kernel answered/);
  writeFileSync(fileOfRecord(), good);
  await expectLiveByItself();
});

test('a page that proves nothing is told so, and nothing else', async () => {
  await openLive();
  const heard = await notebook.page.evaluate(
    async ([url, protocol]) =>
      await new Promise<string[]>((resolve) => {
        const socket = new WebSocket(url, protocol);
        const messages: string[] = [];
        socket.onmessage = ({ data }: MessageEvent<string>) => messages.push(data);
        socket.onclose = () => {
          resolve(messages);
        };
        socket.onopen = () => {
          socket.send(JSON.stringify({ type: 'hello', version: 1, nonce: 'ab'.repeat(32) }));
          socket.send(JSON.stringify({ type: 'proof', proof: 'cd'.repeat(32) }));
        };
      }),
    [traffic.companions[0] ?? '', SUBPROTOCOL] as const,
  );
  expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([
    expect.objectContaining({ type: 'challenge' }),
    { type: 'error', code: 'unauthorized', message: expect.stringMatching(/did not prove that it belongs/) },
  ]);
});

test('one page too many is told which limit it met, and is live when another one has left', async () => {
  await openLive();
  const { port, secret } = recordOf(server, view.kernelId);
  const { origin: Origin } = new URL(server.pageUrl);
  const others: TestClient[] = [];
  await expectSentenceAfterReload(/views are open in 256 pages, which is the most\. Close some of them/, async () => {
    while (others.length < LIMITS.clients) {
      const other = await TestClient.connect(port, { Origin });
      await other.shakeHands(secret);
      others.push(other);
    }
  });
  for (const { socket } of others) socket.terminate();
  await expectLiveByItself();
});

test('a view that the kernel has closed says so on a page that is loaded later', async () => {
  await openLive();
  await notebook.run('view.close()');
  await expectSentenceAfterReload(/Run the cell/);
});

test('what the companion refuses one view is a sentence in that view', async () => {
  await openLive();
  const revision = Number(await viewer.root.getAttribute('data-shown-revision'));
  const wish = { requestId: 1_000_000, plane: 'xy', index: 20, ...VOLUME_ITSELF, level: [0, 0], tile: [0, 0] };
  const tiles = [{ ...wish, priority: 'view', encoding: 'raw' }];
  const content = { kind: 'wishes', revision, preview: null, tiles };
  const data = { method: 'custom', content };
  await say(JSON.stringify({ type: 'comm', viewId: view.viewId, msgId: 'wrong', data }));
  await viewer.notice.filter({ hasText: /is 20, expected a whole number from 0 to 19/ }).waitFor();
});

test('a connection that the companion ends has its reason, and not only that it is lost', async () => {
  await openLive();
  await say('nonsense');
  await notebook.page.waitForFunction(() => {
    const { recorded } = window as unknown as { recorded: Recorded };
    return recorded.companions.length > 1;
  });
  await expectLiveByItself();
  const sentences = await notebook.page.evaluate(
    () => (window as unknown as { recorded: Recorded }).recorded.sentences,
  );
  expect(sentences).toEqual([expect.stringContaining('not JSON')]);
});

test('a record that others could have read is none, and the person is told why', async () => {
  await openLive();
  chmodSync(fileOfRecord(), 0o644);
  await expectSentenceAfterReload(/isn't a regular file that only this user can read \(mode 0600\)/);
  chmodSync(fileOfRecord(), 0o600);
  await expectLiveByItself();
});
