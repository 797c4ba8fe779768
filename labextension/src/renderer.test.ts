import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { SlicescopeError, VIEW_MIME, tileCache, type Locate } from 'slicescope/lib/src/viewer';
import { viewState } from '../../src/viewer/testing/states';
import { CompanionManager } from './manager';
import { keepPicturesIn } from './picture-keeper';
import { Preferences } from './preferences';
import { ViewOutput } from './renderer';
import { FakeCompanion } from './testing/companion';
import { drawnOn, observers, pngOf } from './testing/page';

const PNG = 'AAAA';
const RUN = 'window.wasRun = true';
const SCRIPT = `<img src=x onerror="${RUN}"><script>${RUN}</script><svg onload="${RUN}">`;

/** Outputs on a page, and a companion at the other end of its socket. */
let companion: FakeCompanion;
let managerOf: jest.Mock<(kernelId: string) => CompanionManager>;
let outputs: ViewOutput[];

/** An output as JupyterLab keeps it in a notebook's model. */
class Output implements IRenderMime.IMimeModel {
  readonly trusted = true;
  data: IRenderMime.IMimeModel['data'];
  metadata: IRenderMime.IMimeModel['metadata'];
  /** How often it was changed. */
  changes = 0;

  constructor(bundle: unknown, more: object = { 'image/png': PNG }, metadata: object = {}) {
    this.data = { [VIEW_MIME]: bundle, ...more } as IRenderMime.IMimeModel['data'];
    this.metadata = metadata as IRenderMime.IMimeModel['metadata'];
  }

  setData({ data, metadata }: IRenderMime.IMimeModel.ISetDataOptions): void {
    this.changes += 1;
    this.data = data ?? this.data;
    this.metadata = metadata ?? this.metadata;
  }
}

const bundleOf = (viewId: string): object => ({ kernelId: 'kernel-1', viewId });

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(1); // Of a delay that may be shorter.
  tileCache.clear();
  companion = new FakeCompanion();
  companion.put('a', viewState(1, 'xy', 2));
  useLocate(companion.locate);
  outputs = [];
});

afterEach(() => {
  for (const output of outputs) output.dispose();
  document.body.replaceChildren();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function useLocate(locate: Locate): void {
  const manager = new CompanionManager(locate, new Preferences(null));
  managerOf = jest.fn(() => manager);
}

async function pass(ms = 100): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** Put an output on the page. */
async function render(model: Output): Promise<ViewOutput> {
  const output = new ViewOutput(managerOf);
  outputs.push(output);
  await output.renderModel(model);
  Widget.attach(output, document.body);
  return output;
}

async function renderLive(model = new Output(bundleOf('a'))): Promise<ViewOutput> {
  const output = await render(model);
  await pass();
  return output;
}

const find = (selector: string, within: ParentNode = document): HTMLElement | null =>
  within.querySelector<HTMLElement>(selector);
const picture = (): HTMLImageElement | null => document.querySelector<HTMLImageElement>('.slicescope-saved > img');
const saying = (): string => find('.slicescope-saved > .slicescope-notice:not([hidden])')?.textContent ?? '';
const canvasOf = ({ node }: ViewOutput): HTMLElement | null => find('canvas', node);

describe('an output without a kernel', () => {
  const GONE = 'The kernel was restarted or shut down since.';

  test('is its saved picture, as large as it was, and a sentence that asks for nothing', async () => {
    useLocate(() => Promise.reject(new SlicescopeError('unknown-view', GONE, { viewId: '' })));
    await renderLive(new Output(bundleOf('a'), { 'image/png': PNG }, { 'image/png': { width: 400, height: 277 } }));
    expect(picture()?.src).toBe(`data:image/png;base64,${PNG}`);
    expect([picture()?.hidden, picture()?.style.height, picture()?.alt]).toEqual([
      false,
      '277px',
      'The view as it was saved',
    ]);
    expect(saying()).toBe(GONE);
    expect([find('button'), find('.slicescope-view'), jest.getTimerCount()]).toEqual([null, null, 0]);
  });

  test('that does not answer has a button by which the person tries again, and then a live view', async () => {
    companion.isDown = true;
    await renderLive();
    expect(saying()).toBe('The kernel can’t be reached. Trying again.Try now');
    expect(picture()?.hidden).toBe(false);
    companion.isDown = false;
    find('.slicescope-saved button')?.click();
    await pass();
    expect(find('.slicescope-saved')).toBeNull();
    expect(find('.slicescope-view')?.dataset).toMatchObject({ state: 'live', shownIndex: '2' });
  });

  test('has no picture where none is saved', async () => {
    useLocate(() => Promise.reject(new SlicescopeError('unknown-view', GONE, { viewId: '' })));
    await renderLive(new Output(bundleOf('a'), {}));
    expect(picture()?.hidden).toBe(true);
    expect(saying()).toBe(GONE);
  });
});

describe('an output that somebody has crafted', () => {
  const id = '0f0f0f0f-0000-4000-8000-00000000000f';
  const ids: readonly unknown[] = [
    ...['http://evil.test/', 'ws://evil.test/', '//evil.test', '\\\\evil.test', '@evil.test/', `${id}@evil.test`],
    ...[`${id}?host=evil.test`, `${id}#evil.test`, `${id}/../${id}`, '../../../evil', '..%2f..%2fapi%2fshutdown'],
    ...['%2e%2e/%2e%2e/lab', '127.0.0.1:8888', `${id} `, `${id}\n`, `${id}\0`, `${id}.`, 'k'.repeat(129)],
    ...['', SCRIPT, `javascript:${RUN}`, 7, -0.5, true, null, [id], { id }, { kernelId: id }, undefined],
  ];
  const bundles: readonly unknown[] = [
    ...ids.map((kernelId) => ({ kernelId, viewId: id })),
    ...ids.map((viewId) => ({ kernelId: id, viewId })),
    ...[{}, [], [id, id], [[[[]]]], null, undefined, 'text', SCRIPT, 7, false],
  ];

  test('says that it names no view, asks for nothing and runs nothing', async () => {
    const png = `x" onerror="${RUN}`;
    const metadata = { [VIEW_MIME]: { url: 'ws://evil.test/', html: SCRIPT } };
    for (const bundle of bundles) {
      const output = await render(new Output(bundle, { 'image/png': png, 'text/html': SCRIPT }, metadata));
      const name = JSON.stringify(bundle);
      expect([name, saying()]).toEqual([name, 'This output names no view. Run the cell again.']);
      expect(output.bundle).toBeNull();
      expect(picture()?.getAttributeNames().sort()).toEqual(['alt', 'src']);
      expect(picture()?.src).toBe(`data:image/png;base64,${png}`);
      expect(document.querySelectorAll('.slicescope-output > *, script, svg')).toHaveLength(1);
      output.dispose();
    }
    expect([managerOf.mock.calls.length, companion.located, jest.getTimerCount()]).toEqual([0, 0, 0]);
    expect('wasRun' in window).toBe(false);
  });

  test('with more than two ids has these and nothing else', async () => {
    const more = { host: 'evil.test', secret: 'ab', url: 'ws://evil.test/', urls: ['ws://evil.test/'] };
    const output = await renderLive(new Output({ kernelId: id, viewId: 'a', ...more }));
    expect(managerOf.mock.calls).toEqual([[id]]);
    expect(output.bundle).toEqual({ kernelId: id, viewId: 'a' });
    expect(companion.heard()[0]).toEqual({ type: 'open', viewId: 'a' });
  });

  test.each([
    ['no text', { data: 'x' }],
    ['a number', 7],
    ['nothing', null],
  ])('with a picture that is %s has none', async (_, png) => {
    await renderLive(new Output({}, { 'image/png': png }));
    expect(picture()?.hidden).toBe(true);
    expect(picture()?.hasAttribute('src')).toBe(false);
  });

  test.each([[null], ['large'], [[]], [{ height: '9px; background: url(//evil.test)' }]])(
    'with a size that is %j has its picture in its own size',
    async (size) => {
      await renderLive(new Output({}, { 'image/png': PNG }, { 'image/png': size }));
      expect(picture()?.style.cssText).toBe('');
    },
  );

  test('with HTML as the name of its volume has it as text', async () => {
    const state = viewState(1, 'xy', 2);
    companion.put('a', { ...state, volume: { ...state.volume, name: SCRIPT } });
    const output = await renderLive();
    await pass();
    expect(canvasOf(output)?.getAttribute('aria-label')).toBe(`${SCRIPT}, xy slice 2 of 4`);
    expect(document.querySelectorAll('script, img, svg:not([aria-hidden])')).toHaveLength(0);
  });
});

describe('a live output', () => {
  test('keeps its saved picture until its first slice is drawn, and has only its view then', async () => {
    companion.hold();
    const output = await render(new Output(bundleOf('a')));
    await pass();
    expect([picture()?.hidden, saying(), output.live]).toEqual([false, '', null]);
    // The handshake, then the view, then its slice: one answer at a time.
    while (find('.slicescope-view') === null) {
      companion.release();
      companion.hold();
      await pass();
      expect(picture()?.hidden).toBe(false);
    }
    expect(drawnOn(canvasOf(output))).toBeNull();
    companion.release();
    await pass();
    expect(drawnOn(canvasOf(output))).toMatchObject({ plane: 'xy', index: 2, revision: 1 });
    expect([...output.node.children].map(({ className }) => className.split(' ').at(-1))).toEqual([
      find('.slicescope-view')?.parentElement?.className.split(' ').at(-1),
    ]);
    expect(find('.slicescope-saved')).toBeNull();
    expect(find('.slicescope-view')?.dataset).toMatchObject({
      state: 'live',
      shownPlane: 'xy',
      shownIndex: '2',
      shownRevision: '1',
      quality: 'exact',
    });
    expect(output.live?.model.model_id).toBe('a');
    expect(output.live?.viewer.element).toBe(find('.slicescope-view'));
  });

  test('sends what the slider does, and draws what comes of it', async () => {
    const output = await renderLive();
    companion.heard();
    const slider = output.node.querySelector<HTMLInputElement>('.slicescope-slider')!;
    slider.value = '4';
    slider.dispatchEvent(new Event('input'));
    await pass();
    expect(companion.changes().map(({ state }) => state)).toEqual([{ index: 4, position: [2, 1, 4] }]);
    expect(drawnOn(canvasOf(output))?.index).toBe(4);
  });

  test('that is shown twice has one model: both follow, and each goes by itself', async () => {
    const [first, second] = [await renderLive(), await renderLive()];
    expect(first.live?.model).toBe(second.live?.model);
    expect(companion.heard().filter(({ type }) => type === 'open')).toHaveLength(1);
    companion.change('a', { index: 0, position: [2, 1, 0] });
    await pass();
    expect([first, second].map((each) => drawnOn(canvasOf(each))?.index)).toEqual([0, 0]);
    first.dispose();
    expect(companion.heard().filter(({ type }) => type === 'close')).toEqual([]);
    companion.change('a', { index: 1, position: [2, 1, 1] });
    await pass();
    expect(drawnOn(canvasOf(second))?.index).toBe(1);
    expect(document.querySelectorAll('.slicescope-view')).toHaveLength(1);
  });

  test('says over its last picture that its connection is lost, and goes on when it is back', async () => {
    const output = await renderLive();
    companion.cut();
    const notice = find('.slicescope-view .slicescope-notice');
    expect(notice?.textContent).toBe('The connection to the kernel is lost. Trying again.Try now');
    expect(find('.slicescope-view')?.dataset.state).toBe('waiting');
    expect(drawnOn(canvasOf(output))?.index).toBe(2);
    companion.put('a', { ...companion.stateOf('a'), index: 3, position: [2, 1, 3] });
    await pass(5000);
    expect(notice?.hidden).toBe(true);
    expect(find('.slicescope-view')?.dataset.state).toBe('live');
    expect(drawnOn(canvasOf(output))?.index).toBe(3);
  });

  test('that its kernel has closed keeps its picture, says so, and can’t be moved', async () => {
    const output = await renderLive();
    companion.close('a');
    await pass();
    expect(find('.slicescope-view .slicescope-notice')?.textContent).toBe(
      'The kernel closed this view. Run the cell to show it again.',
    );
    expect(find('.slicescope-view')?.dataset.state).toBe('stopped');
    expect(output.node.querySelector<HTMLInputElement>('.slicescope-slider')?.disabled).toBe(true);
    expect(drawnOn(canvasOf(output))?.index).toBe(2);
  });

  test('that is rendered again stays as it is', async () => {
    const model = new Output(bundleOf('a'));
    const output = await renderLive(model);
    const { live } = output;
    companion.heard();
    await output.renderModel(new Output(bundleOf('b')));
    await pass();
    expect(output.live).toEqual(live);
    expect(output.bundle).toEqual(bundleOf('a'));
    expect(companion.heard().filter(({ type }) => type !== 'comm')).toEqual([]);
  });
});

describe('the picture in the notebook', () => {
  test('is of what is shown when the view has rested', async () => {
    const model = new Output(bundleOf('a'));
    await renderLive(model);
    await pass(2000);
    expect(model.data['image/png']).toBe(pngOf({ plane: 'xy', index: 2 }));
    expect(model.metadata['image/png']).toEqual({ width: 400, height: 300 });
    expect(model.changes).toBe(1);
    companion.change('a', { index: 4, position: [2, 1, 4] });
    await pass(2000);
    expect(model.data['image/png']).toBe(pngOf({ plane: 'xy', index: 4 }));
    await pass(10_000);
    expect(model.changes).toBe(2);
  });

  test('goes to the output that JupyterLab rendered last', async () => {
    const [model, newer] = [new Output(bundleOf('a')), new Output(bundleOf('a'))];
    const output = await renderLive(model);
    await output.renderModel(newer);
    await pass(2000);
    expect([model.changes, newer.changes]).toEqual([0, 1]);
  });

  test.each([
    ['hidden', Widget.Msg.BeforeHide],
    ['taken off the page', Widget.Msg.BeforeDetach],
  ])('is taken at once when the output is %s', async (_, message) => {
    const model = new Output(bundleOf('a'));
    const output = await renderLive(model);
    MessageLoop.sendMessage(output, message);
    await pass(10);
    expect(model.data['image/png']).toBe(pngOf({ plane: 'xy', index: 2 }));
  });
});

describe('a view that the person may only look at', () => {
  const sentence = (): string | null | undefined => {
    const said = find('.slicescope-looks-only');
    return said?.hidden === true ? null : said?.textContent;
  };

  test('says so, and what is changed in it stays in this page: in no other, no kernel and no notebook', async () => {
    companion.access = 'look';
    const model = new Output(bundleOf('a'));
    const output = await renderLive(model);
    expect(sentence()).toBe('You may look at this view, but not change it: only this page shows what you change here.');
    expect(find('.slicescope-view')?.dataset.state).toBe('live');
    output.live?.model.choose({ index: 4 });
    await pass();
    expect(drawnOn(canvasOf(output))?.index).toBe(4);
    expect([companion.changes(), companion.stateOf('a').index]).toEqual([[], 2]);
    companion.change('a', { index: 3, position: [2, 1, 3] });
    await pass();
    expect(drawnOn(canvasOf(output))?.index).toBe(3);
    companion.tell('a', 'another-page', { index: 1, position: [2, 1, 1] });
    await pass(5000);
    expect(drawnOn(canvasOf(output))?.index).toBe(1);
    keepPicturesIn(document);
    expect(model.changes).toBe(0);
  });

  test('says nothing when the person may change it, and is the view of all again', async () => {
    companion.access = 'look';
    const output = await renderLive();
    output.live?.model.choose({ index: 4 });
    companion.access = 'change';
    companion.cut();
    await pass(5000);
    expect([sentence(), drawnOn(canvasOf(output))?.index]).toEqual([null, 2]);
    output.live?.model.choose({ index: 0 });
    await pass();
    expect(companion.stateOf('a').index).toBe(0);
  });
});

describe('an output that is disposed', () => {
  test('leaves nothing on the page: no elements, sockets, timers, observers, listeners or pictures to be kept', async () => {
    const listeners = { added: 0, removed: 0 };
    for (const target of [window, document]) {
      jest.spyOn(target, 'addEventListener').mockImplementation(() => void (listeners.added += 1));
      jest.spyOn(target, 'removeEventListener').mockImplementation(() => void (listeners.removed += 1));
    }
    const model = new Output(bundleOf('a'));
    const output = await renderLive(model);
    const widgetModel = output.live?.model;
    expect([companion.pages, observers() > 0, listeners.added > 0]).toEqual([1, true, true]);
    output.dispose();
    await pass(16); // The frame that is under way.
    expect(document.body.innerHTML).toBe('');
    expect([companion.pages, observers(), jest.getTimerCount()]).toEqual([0, 0, 0]);
    expect(listeners.removed).toBe(listeners.added);
    expect(output.live).toBeNull();
    keepPicturesIn(document);
    expect(model.changes).toBe(0);
    expect(widgetModel?.comm).toBeUndefined();
    output.dispose();
    expect(companion.heard().filter(({ type }) => type === 'close')).toHaveLength(1);
  });

  test('before anything has answered leaves nothing either', async () => {
    companion.hold();
    const output = await render(new Output(bundleOf('a')));
    output.dispose();
    companion.release();
    await pass(20_000);
    expect(document.body.innerHTML).toBe('');
    expect([companion.pages, observers(), jest.getTimerCount()]).toEqual([0, 0, 0]);
  });

  test('while its view is made has none, and the others of the view go on', async () => {
    const other = await renderLive();
    const manager = managerOf('kernel-1');
    const create = manager.create_view.bind(manager);
    jest.spyOn(manager, 'create_view').mockImplementationOnce(async (...args) => {
      const view = await create(...args);
      outputs.at(-1)?.dispose();
      return view;
    });
    const before = observers();
    companion.heard();
    const gone = await render(new Output(bundleOf('a')));
    await pass();
    expect([gone.isDisposed, gone.live, observers()]).toEqual([true, null, before]);
    expect(document.querySelectorAll('.slicescope-output, .slicescope-view')).toHaveLength(2);
    companion.change('a', { index: 0, position: [2, 1, 0] });
    await pass();
    expect(drawnOn(canvasOf(other))?.index).toBe(0);
    expect(companion.heard().filter(({ type }) => type !== 'comm')).toEqual([]);
  });
});
