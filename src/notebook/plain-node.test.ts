import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from '../../kernel-server/testing/client';
import { Child, LIB } from '../../kernel-server/testing/companions';
import { voxelsOf } from '../protocol';
import { VERSION } from './version';

jest.setTimeout(60_000); // Processes are started here, on machines that may be busy.

const children: Child[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

/** A script in plain Node that has a volume of 4 × 3 × 5 voxels, each its own index. */
function script(code: string): Child {
  const child = new Child(`
    const { Volume, link, show } = require(${JSON.stringify(join(LIB, 'src/index.js'))});
    const volume = Volume.from(Uint16Array.from({ length: 60 }, (_, at) => at), [4, 3, 5], { name: 'sixty' });
    ${code}`);
  children.push(child);
  return child;
}

interface Shown {
  readonly url: URL;
  readonly viewId: string;
  readonly secret: string;
}

/** What a line says that `show` has printed. */
function shownIn(line: string): Shown {
  const [, address = ''] = /^show: (http:\S+) shows Volume "sixty": 4 × 3 × 5 uint16, .*, until Ctrl-C or view\.close\(\)\.$/.exec(line) ?? []; // prettier-ignore
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  return { url, viewId: fragment.get('view') ?? '', secret: fragment.get('secret') ?? '' };
}

async function page({ url, secret }: Shown): Promise<TestClient> {
  const client = await TestClient.connect(Number(url.port), { Origin: url.origin });
  await client.shakeHands(secret);
  return client;
}

describe('in plain Node, show', () => {
  test('prints the address of a page on this machine, whose secret is behind the #', async () => {
    const { url, viewId, secret } = shownIn(await script('show(volume);').line());
    expect([url.protocol, url.hostname, url.pathname, url.search]).toEqual(['http:', '127.0.0.1', '/', '']);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(viewId).toMatch(/^[0-9a-f-]{36}$/);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const text = await answer.text();
    for (const [, path] of text.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
      expect([path, (await fetch(new URL(path as string, url))).status]).toEqual([path, 200]);
    }
    expect(text).toContain('src="/page.js"');
  });

  test('serves the volume’s values, hears what a person does, and ends when the view is closed', async () => {
    const child = script(`
      const view = show(volume, { index: 1, colormap: 'hot' });
      view.on('change', ({ changed, index }) => {
        console.log(JSON.stringify([changed, index]));
        view.close();
      });`);
    const shown = shownIn(await child.line());
    const client = await page(shown);
    const { state } = await client.open(shown.viewId);
    expect(state).toMatchObject({ index: 1, colormap: 'hot', volume: { name: 'sixty', shape: [4, 3, 5] } });
    const frame = await client.slice(shown.viewId, state.volume.revision, { requestId: 1, index: 3 });
    expect(Array.from(voxelsOf(frame, frame.payload))).toEqual(Array.from({ length: 12 }, (_, at) => 36 + at));
    client.change(shown.viewId, 'first', { index: 4 });
    expect(JSON.parse(await child.line())).toEqual([['index', 'position'], 4]);
    expect(await child.end()).toBe(0);
  });

  test('goes on while one of its views is open', async () => {
    const child = script(`
      const [one, other] = [show(volume), show(volume)];
      one.close();
      setTimeout(() => { other.index = 0; other.on('change', () => other.close()); }, 0);`);
    const [closed, open] = [shownIn(await child.line()), shownIn(await child.line())];
    expect(closed.url.port).toBe(open.url.port);
    const client = await page(open);
    await client.open(open.viewId);
    client.change(open.viewId, 'first', { zoom: 2 });
    expect(await child.end()).toBe(0);
  });

  test('keeps linked views in step, and exports what is shown', async () => {
    const child = script(`
      const [one, other] = [show(volume), show(volume)];
      link([one, other], ['index']);
      one.index = 4;
      other.exportSlice().then((png) => {
        console.log(JSON.stringify([other.index, Array.from(png.subarray(1, 4))]));
        one.close();
        other.close();
      });`);
    for (let i = 0; i < 2; i++) await child.line();
    expect(JSON.parse(await child.line())).toEqual([4, Array.from(Buffer.from('PNG'))]);
    expect(await child.end()).toBe(0);
  });

  test('serves the views of all copies of the library, each with its own hearing', async () => {
    const child = script(`
      const first = show(volume, { index: 1 });
      first.on('change', ({ index }) => console.log(JSON.stringify(['first', index])));
      for (const file of Object.keys(require.cache)) delete require.cache[file];
      const again = require(${JSON.stringify(join(LIB, 'src/index.js'))});
      const second = again.show(again.Volume.alloc([2, 2, 9], 'uint8', { name: 'sixty' }), { index: 3 });
      if (again.show === show) throw new Error('it is the same copy');
      second.on('change', ({ index }) => {
        console.log(JSON.stringify(['second', index]));
        first.close();
        second.close();
      });`);
    const [first, second] = [shownIn(await child.line()), await child.line()];
    const other = new URL(/http:\S+/.exec(second)?.[0] ?? '');
    expect(other.port).toBe(first.url.port);
    const client = await page(first);
    const secondId = new URLSearchParams(other.hash.slice(1)).get('view') ?? '';
    expect((await client.open(first.viewId)).state.index).toBe(1);
    expect((await client.open(secondId)).state.index).toBe(3);
    client.change(first.viewId, 'one', { index: 2 });
    client.change(secondId, 'two', { index: 4 });
    expect(JSON.parse(await child.line())).toEqual(['first', 2]);
    expect(JSON.parse(await child.line())).toEqual(['second', 4]);
    expect(await child.end()).toBe(0);
  });

  test('is refused where a copy of another version shows volumes already', async () => {
    const child = script(`
      globalThis[Symbol.for('slicescope.companion')].served = { version: '0.0.9', companion: null };
      try { show(volume); } catch (error) { console.log(error.code + ': ' + error.message); }`);
    expect(await child.line()).toBe(
      `companion-failed: show: slicescope 0.0.9 already shows volumes here, and this is ${VERSION}; import only one of them, and restart the program`,
    );
    expect(await child.end()).toBe(0);
    const { version } = JSON.parse(readFileSync(join(LIB, '../package.json'), 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
  });

  test('that is refused starts no server, and the process ends', async () => {
    const child = script(`try { show(volume, { index: 9 }); } catch (error) { console.log(error.code); }`);
    expect(await child.line()).toBe('index-out-of-range');
    expect(await child.end()).toBe(0);
  });
});
