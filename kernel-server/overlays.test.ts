import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Companion } from '../lib/kernel-server/companion';
import { drawSlice } from '../src/export';
import { readPng } from '../src/export/testing/read-png';
import { voxelsOf, type OverlayInfo, type OverlaySettings, type VolumeInfo } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import type { TestClient } from './testing/client';
import { viewRecord } from './testing/records';
import { useCompanions } from './testing/stand';

const LOOK: OverlaySettings = { colormap: 'gray', window: [0, 250], visible: true, opacity: 1 };
const stand = useCompanions();
let companion: Companion;
beforeEach(() => {
  companion = stand.start();
});

const recordOf = (volume: Volume) => ({ volume: volume.toRecord(), labels: null });

function put(viewId: string, volume: Volume, overlays: readonly Volume[]): void {
  const record = viewRecord(viewId, volume, 0, { overlays: overlays.map(() => LOOK) });
  companion.put({ ...record, overlays: overlays.map(recordOf) });
}

interface Told {
  readonly volume?: VolumeInfo;
  readonly overlayVolumes?: readonly OverlayInfo[];
}

/** What the next change says, and nothing else. */
async function told(page: TestClient): Promise<Told> {
  const { data } = await page.message('comm');
  if (data.method !== 'update') throw new Error(data.method);
  return data.state;
}

let lastId = 0;
/** The first value of a layer's slice 1, which says which content it is of, and the frame's revision. */
async function valueOf(page: TestClient, viewId: string, revision: number, layer: number): Promise<[number, number]> {
  const frame = await page.slice(viewId, revision, { requestId: ++lastId, index: 1, layer });
  return [Number(voxelsOf(frame, frame.payload)[0]), frame.revision];
}

describe('overlays', () => {
  const volume = phantom([3, 3, 3]);

  test('are served and drawn in the picture, each with a revision after that of the volume', async () => {
    const overlay = Volume.from(new Uint8Array(27).fill(50), [3, 3, 3]);
    put('a', volume, [overlay]);
    const page = await stand.client();
    const { state } = await page.open('a');
    const { revision } = state.volume;
    expect(state.overlayVolumes).toMatchObject([{ revision: revision + 1, dtype: 'uint8' }]);
    expect(await valueOf(page, 'a', revision, 1)).toEqual([50, revision + 1]);
    const layers = [{ volume: overlay, labels: null }];
    const drawn = await drawSlice(volume, { ...state }, layers);
    expect((await readPng(Buffer.from(companion.snapshot('a').png))).data).toEqual(drawn.data);
  });

  test('can be replaced alone: the volume keeps its revision', async () => {
    const [before, after] = [1, 2].map((value) => Volume.from(new Uint8Array(27).fill(value), [3, 3, 3])) as [
      Volume,
      Volume,
    ];
    put('a', volume, [before]);
    const page = await stand.client();
    const { revision } = (await page.open('a')).state.volume;
    const overlays = [{ ...LOOK, opacity: 0.25 }];
    companion.setOverlay('a', 0, recordOf(after), { overlays });
    const news = await told(page);
    expect(Object.keys(news).sort()).toEqual(['overlayVolumes', 'overlays']);
    const fresh = news.overlayVolumes?.[0]?.revision as number;
    expect(fresh).toBeGreaterThan(revision + 1);
    expect(companion.settings('a')?.overlays).toEqual(overlays);
    expect(await valueOf(page, 'a', revision, 1)).toEqual([2, fresh]);
    expect((await valueOf(page, 'a', revision, 0))[1]).toBe(revision);
  });

  test('show what was written into them after a refresh, in all views, also where they are the volume itself', async () => {
    const mask = Volume.alloc([3, 3, 3], 'uint8');
    put('a', volume, [mask]);
    put('b', mask, []);
    put('c', phantom([3, 3, 3]), []);
    const [one, other, third] = [await stand.client(), await stand.client(), await stand.client()];
    for (const [page, viewId] of [
      [one, 'a'],
      [other, 'b'],
      [third, 'c'],
    ] as const)
      await page.open(viewId);
    mask.data.fill(7);
    companion.refresh('b');
    mask.data.fill(8);
    expect(companion.published(mask.data)).toEqual(new Uint8Array(27).fill(7));
    expect(companion.published(volume.data)).toBeUndefined();
    const [inOne, inOther] = [await told(one), await told(other)];
    const revision = inOne.volume?.revision as number;
    expect(inOne.overlayVolumes?.[0]?.revision).toBe(revision + 1);
    expect(await valueOf(one, 'a', revision, 1)).toEqual([7, revision + 1]);
    expect((await valueOf(other, 'b', inOther.volume?.revision as number, 0))[0]).toBe(7);

    // The volume below is published later than the overlay, while the page has not followed yet.
    volume.data[9] = 200;
    companion.refresh('a');
    companion.refresh('a');
    volume.data[9] = 201;
    const last = await told(one);
    expect((await valueOf(one, 'a', last.volume?.revision as number, 0))[0]).toBe(200);
    companion.set('c', { index: 2 });
    expect(Object.keys(await told(third))).not.toContain('volume');
  });

  test('are let go of with the view, and their copies', () => {
    const mask = Volume.alloc([3, 3, 3], 'uint8');
    put('a', volume, [mask]);
    companion.refresh('a');
    expect(companion.published(mask.data)).toBeDefined();
    companion.setOverlay('a', 0, recordOf(phantom([3, 3, 3])), {});
    expect(companion.published(mask.data)).toBeUndefined();
    expect(companion.published(volume.data)).toBeDefined();
    companion.close('a');
    expect(companion.published(volume.data)).toBeUndefined();
    companion.setOverlay('a', 0, recordOf(mask), {});
  });
});
