import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import {
  VIEW_MIME,
  parseViewBundle,
  text,
  warmUp,
  type Notice,
  type ViewBundle,
  type Viewer,
} from 'slicescope/lib/src/viewer';
import type { CompanionManager, RemoteView } from './manager';
import type { SliceModel } from './model';
import { PictureKeeper } from './picture-keeper';
import { SliceView } from './view';

/** The manager of a kernel's companion. */
export type ManagerOf = (kernelId: string) => CompanionManager;

/** A view that is drawn on the page. */
export interface LiveView {
  readonly model: SliceModel;
  readonly viewer: Viewer;
}

/**
 * One output that `show` made. First it has the picture that is saved in the notebook; when the companion
 * answers, the live view takes its place. Where there is no companion, the picture stays, with a sentence.
 */
export class ViewOutput extends Panel implements IRenderMime.IRenderer {
  readonly #managerOf: ManagerOf;
  readonly #saved: SavedPicture = new SavedPicture();
  #remote: RemoteView | null = null;
  #isLive = false;
  #keeper: PictureKeeper | null = null;
  /** As JupyterLab rendered it last: an update by the kernel is another one. */
  #model: IRenderMime.IMimeModel | null = null;
  #bundle: ViewBundle | null = null;
  #view: SliceView | null = null;

  constructor(managerOf: ManagerOf) {
    super();
    this.#managerOf = managerOf;
    this.addClass('slicescope-output');
    this.addWidget(this.#saved);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#model = model;
    this.#saved.display(model.data['image/png'], model.metadata['image/png']);
    this.#keeper?.touch();
    const bundle = parseViewBundle(model.data[VIEW_MIME]);
    if (bundle === null) this.#saved.notify({ text: text('This output names no view. Run the cell again.') });
    else this.connect(bundle);
    return Promise.resolve();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#keeper?.touch();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#keeper?.touch();
  }

  protected override onBeforeHide(message: Message): void {
    this.#keeper?.flush();
    super.onBeforeHide(message);
  }

  protected override onBeforeDetach(message: Message): void {
    this.#keeper?.flush();
    super.onBeforeDetach(message);
  }

  override dispose(): void {
    this.#keeper?.dispose();
    this.#keeper = null;
    const remote = this.#remote;
    this.#remote = null;
    if (remote !== null) {
      remote.updated.disconnect(this.#onUpdated);
      remote.manager.release(remote);
    }
    super.dispose();
  }

  /** What is shown, or null while it is the saved picture. */
  get live(): LiveView | null {
    const remote = this.#remote;
    const viewer = this.#view?.viewer ?? null;
    if (remote?.model == null || viewer === null) return null;
    return { model: remote.model, viewer };
  }

  /** Which view it is; null before that is known. */
  get bundle(): ViewBundle | null {
    return this.#bundle;
  }

  /** Show a view, once and for good. */
  connect(bundle: ViewBundle): void {
    if (this.#remote !== null) return;
    this.#bundle = bundle;
    this.#remote = this.#managerOf(bundle.kernelId).acquire(bundle.viewId);
    this.#remote.updated.connect(this.#onUpdated);
    this.#onUpdated();
    warmUp(); // While Jupyter's server answers.
  }

  readonly #onUpdated = (): void => {
    const remote = this.#remote;
    if (remote?.model == null) this.#saved.notify(remote?.notice ?? null);
    else if (!this.#isLive) void this.#goLive(remote);
  };

  async #goLive(remote: RemoteView): Promise<void> {
    const { model } = remote;
    if (model === null) return;
    this.#isLive = true;
    const view = await remote.manager.create_view(model);
    if (this.isDisposed) {
      view.remove();
      return;
    }
    this.addWidget(view.luminoWidget);
    this.#view = view instanceof SliceView ? view : null;
    const viewer = this.#view?.viewer ?? null;
    if (viewer !== null) this.#keeper = new PictureKeeper(model, viewer, () => this.#model);
    // The saved picture stays until the first live one is drawn, so that nothing flickers.
    const look = (): void => {
      if (model.state === null || model.sliceOf(model.state.plane) === null) return;
      model.off('change slice', look);
      this.#saved.dispose();
    };
    model.on('change slice', look);
    look();
  }
}

/** The picture of the notebook's file, and a sentence under it. */
class SavedPicture extends Widget {
  readonly #image: HTMLImageElement = document.createElement('img');
  readonly #notice: HTMLElement = document.createElement('div');

  constructor() {
    super();
    this.addClass('slicescope-saved');
    this.#image.alt = text('The view as it was saved');
    this.#image.hidden = true;
    this.#notice.className = 'slicescope-notice';
    this.#notice.setAttribute('role', 'status');
    this.#notice.hidden = true;
    this.node.append(this.#image, this.#notice);
  }

  /** @param size what the output's metadata say of it: the size it had on the page, or nothing. */
  display(png: unknown, size: unknown): void {
    if (typeof png !== 'string' || this.isDisposed) return;
    this.#image.src = `data:image/png;base64,${png}`;
    this.#image.hidden = false;
    const height = (size as { readonly height?: unknown } | null | undefined)?.height;
    this.#image.style.height = typeof height === 'number' ? `${String(height)}px` : '';
  }

  notify(notice: Notice | null): void {
    this.#notice.hidden = notice === null;
    this.#notice.replaceChildren(notice?.text ?? '');
    const action = notice?.action;
    if (action === undefined) return;
    const button = document.createElement('button');
    button.className = 'slicescope-button';
    button.dataset.lmSuppressShortcuts = 'true';
    button.textContent = action.label;
    button.onclick = action.run;
    this.#notice.append(button);
  }
}
