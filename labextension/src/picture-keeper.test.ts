import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { VIEW_MIME, pictureKey, tileCache, type ViewState } from 'slicescope/lib/src/viewer';
import { viewState } from '../../src/viewer/testing/states';
import type { SliceModel } from './model';
import { PictureKeeper, keepPicturesIn } from './picture-keeper';
import { frameFor } from './testing/companion';
import { KernelManager, MockComm } from './testing/kernel';
import { BOX, pngOf } from './testing/page';
import { SliceView } from './view';

/** Longer than a view waits for rest, and than its picture is then encoded. */
const RESTED_MS = 1100;
const BUNDLE = { kernelId: 'kernel-1', viewId: 'a' };

/** A real view of a model that a test moves, with the output that its picture is kept in. */
class Shown {
  readonly comm: MockComm = new MockComm();
  state: ViewState = viewState(1, 'xy', 2);
  output: Output = new Output();
  keeper!: PictureKeeper;
  model!: SliceModel;
  element!: HTMLElement;

  async open(): Promise<void> {
    const manager = new KernelManager();
    this.model = await manager.makeModel(this.comm, this.state);
    const view = await manager.create_view(this.model);
    if (!(view instanceof SliceView) || view.viewer === null) throw new Error('there is no viewer');
    this.element = view.el;
    document.body.append(this.element);
    await pass(50);
    await this.grant();
    this.keeper = new PictureKeeper(this.model, view.viewer, () => this.output);
  }

  /** Have the slices that are wished for. */
  async grant(): Promise<void> {
    for (const data of this.comm.sent()) {
      if (data.method !== 'custom' || data.content.kind !== 'wishes') continue;
      for (const wish of data.content.tiles) {
        const bytes = new DataView(frameFor(wish, this.state, 1));
        await this.comm.say({ method: 'custom', content: {} }, '', [bytes]);
      }
    }
  }

  async change(patch: Partial<ViewState>): Promise<void> {
    this.state = { ...this.state, ...patch };
    await this.comm.update(patch);
  }

  /** Show another slice. */
  async go(index: number): Promise<void> {
    await this.change({ index, position: [2, 1, index] });
    await this.grant();
  }
}

/** An output in a notebook's model. */
class Output implements IRenderMime.IMimeModel {
  readonly trusted = true;
  data: IRenderMime.IMimeModel['data'] = { [VIEW_MIME]: BUNDLE, 'image/png': 'AAAA', 'text/plain': 'a view' };
  metadata: IRenderMime.IMimeModel['metadata'] = { collapsed: false };
  changes = 0;

  setData({ data, metadata }: IRenderMime.IMimeModel.ISetDataOptions): void {
    this.changes += 1;
    this.data = data ?? this.data;
    this.metadata = metadata ?? this.metadata;
  }
}

let shown: Shown;

beforeEach(async () => {
  jest.useFakeTimers();
  tileCache.clear();
  shown = new Shown();
  await shown.open();
});

afterEach(async () => {
  shown.keeper.dispose();
  await shown.model.close();
  document.body.replaceChildren();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** Hold pictures while they are encoded. @returns what finishes the oldest of them, with its PNG or with none */
function holdEncoding(): { readonly count: () => number; finish(png?: null): Promise<void> } {
  const toBlob = HTMLCanvasElement.prototype.toBlob;
  const held: ((png?: null) => void)[] = [];
  let count = 0;
  jest.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation(function hold(this: HTMLCanvasElement, done) {
    count += 1;
    held.push((png) => {
      if (png === null) done(null);
      else toBlob.call(this, done);
    });
  });
  return {
    count: () => count,
    finish: async (png) => {
      held.shift()?.(png);
      await pass(5);
    },
  };
}

describe('a view that rests', () => {
  test('has its picture put into the output, with its size and the state that it shows, and nothing else changed', async () => {
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(1);
    expect(shown.output.data).toEqual({
      [VIEW_MIME]: BUNDLE,
      'image/png': pngOf({ plane: 'xy', index: 2 }),
      'text/plain': 'a view',
    });
    expect(shown.output.metadata).toEqual({
      collapsed: false,
      [VIEW_MIME]: { picture: pictureKey(shown.state) },
      'image/png': BOX,
    });
  });

  test('is left alone until something changes', async () => {
    await pass(10 * RESTED_MS);
    expect([shown.output.changes, jest.getTimerCount()]).toEqual([1, 0]);
    await shown.change({ colormap: 'hot' });
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(2);
    expect(shown.output.metadata[VIEW_MIME]).toEqual({ picture: pictureKey(shown.state) });
  });

  test('and whose output has the picture of its state leaves it as it is', async () => {
    shown.output.metadata = { [VIEW_MIME]: { picture: pictureKey(shown.state) } };
    await pass(RESTED_MS);
    await shown.change({ playing: false, crosshair: false }); // It isn't to be seen.
    await pass(RESTED_MS);
    expect([shown.output.changes, shown.output.data['image/png']]).toEqual([0, 'AAAA']);
  });
});

describe('nothing is taken', () => {
  test('while the view moves, however long, and where it is back at the end', async () => {
    await pass(RESTED_MS);
    for (const index of [3, 4, 3, 1, 0, 1, 2]) {
      await shown.go(index);
      await pass(500);
    }
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(1);
  });

  test('of a slice that is not here yet, but when it is', async () => {
    await pass(RESTED_MS);
    await shown.change({ index: 4, position: [2, 1, 4] });
    await pass(5000);
    expect(shown.output.changes).toBe(1);
    await shown.grant();
    await pass(RESTED_MS);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 4 }));
  });

  test('of a view that plays, but when it stops', async () => {
    await shown.change({ playing: true });
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(0);
    await shown.change({ playing: false });
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(1);
  });
});

describe('while a picture is encoded', () => {
  test('what changes is left to the next rest', async () => {
    const encoding = holdEncoding();
    await pass(RESTED_MS);
    await shown.go(4);
    await encoding.finish();
    expect(shown.output.changes).toBe(0);
    await pass(RESTED_MS);
    await encoding.finish();
    expect(shown.output.changes).toBe(1);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 4 }));
  });

  test('an output that the kernel has replaced is not given it', async () => {
    const encoding = holdEncoding();
    await pass(RESTED_MS);
    const before = shown.output;
    shown.output = new Output();
    await encoding.finish();
    expect([before.changes, shown.output.changes]).toEqual([0, 0]);
  });

  test('another view of the page waits for its turn, also after one that can’t be encoded', async () => {
    const other = new Shown();
    await other.open();
    const encoding = holdEncoding();
    await pass(2 * RESTED_MS);
    expect(encoding.count()).toBe(1);
    await encoding.finish(null);
    await pass(RESTED_MS);
    expect(encoding.count()).toBe(2);
    await encoding.finish();
    expect([shown.output.changes, other.output.changes]).toEqual([0, 1]);
    other.keeper.dispose();
    await other.model.close();
  });

  test('a view that goes puts nothing any more', async () => {
    const encoding = holdEncoding();
    await pass(RESTED_MS);
    shown.keeper.dispose();
    await encoding.finish();
    await shown.go(4);
    await pass(RESTED_MS);
    expect([shown.output.changes, encoding.count()]).toEqual([0, 1]);
  });
});

describe('before the view is hidden', () => {
  test('its picture is taken if it waits for rest', async () => {
    shown.keeper.flush();
    await pass(5);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 2 }));
    shown.keeper.flush();
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(1);
  });
});

describe('a notebook that is about to be written', () => {
  test('has the pictures of what its views show then, and other notebooks are left alone', async () => {
    const elsewhere = document.createElement('div');
    keepPicturesIn(elsewhere);
    expect(shown.output.changes).toBe(0);
    await shown.go(4);
    keepPicturesIn(document.body);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 4 }));
    keepPicturesIn(document.body);
    await pass(RESTED_MS);
    expect(shown.output.changes).toBe(1);
  });

  test('keeps the last picture of a view whose slice is not here, which is taken when it is', async () => {
    await pass(RESTED_MS);
    await shown.change({ index: 4, position: [2, 1, 4] });
    keepPicturesIn(document.body);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 2 }));
    await shown.grant();
    await pass(RESTED_MS);
    expect(shown.output.data['image/png']).toBe(pngOf({ plane: 'xy', index: 4 }));
  });
});
