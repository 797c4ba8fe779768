import type { WidgetModel, WidgetView } from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import { Signal, type ISignal } from '@lumino/signaling';
import {
  Connection,
  text,
  type ChannelListener,
  type Frame,
  type Line,
  type Locate,
  type Notice,
  type ServerContent,
  type ViewState,
} from 'slicescope/lib/src/viewer';
import { CompanionComm } from './comm';
import { MODULE_NAME, MODULE_VERSION, SliceModel } from './model';
import type { Preferences } from './preferences';
import { SliceView } from './view';

/**
 * The widget manager of one kernel's companion: its models' comms are the companion's WebSocket. Views are
 * opened when an output wants them, and let go of with the last output.
 */
export class CompanionManager extends ManagerBase {
  readonly preferences: Preferences;
  readonly #connection: Connection;
  readonly #views: Map<string, RemoteView> = new Map();

  constructor(locate: Locate, preferences: Preferences) {
    super();
    this.preferences = preferences;
    this.#connection = new Connection(locate);
  }

  /** Take part in a view; `release` it when the output is gone. */
  acquire(viewId: string): RemoteView {
    let view = this.#views.get(viewId);
    if (view === undefined) {
      view = new RemoteView(this, viewId, this.#connection);
      this.#views.set(viewId, view);
      this.#connection.open(viewId, view);
    } else if (view.model === null) {
      this.#connection.retry();
    }
    view.outputs += 1;
    return view;
  }

  release(view: RemoteView): void {
    view.outputs -= 1;
    if (view.outputs > 0) return;
    this.#views.delete(view.viewId);
    this.#connection.close(view.viewId);
    const { model } = view;
    view.model = null; // Nothing is said of it any more.
    model?.trigger('comm:close'); // The manager forgets it, and the model
    void model?.close(true); // lets go of its views.
  }

  /** The output of a view was replaced or cleared: the kernel may let go of the view, unless it is shown elsewhere. */
  discard(viewId: string): void {
    if (!this.#views.has(viewId)) this.#connection.discard(viewId);
  }

  protected override loadClass(className: string, moduleName: string): Promise<typeof WidgetModel | typeof WidgetView> {
    if (moduleName === MODULE_NAME && className === 'SliceModel') return Promise.resolve(SliceModel);
    if (moduleName === MODULE_NAME && className === 'SliceView') return Promise.resolve(SliceView);
    return Promise.reject(new Error(`There is no widget class ${className} in ${moduleName} here.`));
  }

  protected override _create_comm(): Promise<never> {
    return Promise.reject(new Error('Views are made by show() in a notebook.'));
  }

  // oxlint-disable-next-line typescript/no-empty-object-type -- the base class' own type
  protected override _get_comm_info(): Promise<{}> {
    return Promise.resolve({});
  }
}

/** A companion's view, as this page knows it: no model yet, or one that lives as long as an output shows it. */
export class RemoteView implements ChannelListener {
  readonly viewId: string;
  outputs = 0;
  model: SliceModel | null = null;
  /** Set while there is no model: afterwards the model has it. */
  notice: Notice | null = null;
  /** What the companion said last when it opened the view. */
  #latest: { readonly state: ViewState; readonly instance: string; readonly line: Line } | null = null;
  #isMaking = false;
  readonly #manager: CompanionManager;
  readonly #connection: Connection;
  readonly #comm: CompanionComm;
  readonly #updated: Signal<this, void> = new Signal<this, void>(this);

  constructor(manager: CompanionManager, viewId: string, connection: Connection) {
    this.viewId = viewId;
    this.#manager = manager;
    this.#connection = connection;
    this.#comm = new CompanionComm(viewId, connection);
  }

  /** The model or the notice is another one. */
  get updated(): ISignal<this, void> {
    return this.#updated;
  }

  get manager(): CompanionManager {
    return this.#manager;
  }

  opened(state: ViewState, instance: string, line: Line): void {
    this.#latest = { state, instance, line };
    if (this.model !== null) {
      this.#comm.reset(this.model.state?.volume.revision === state.volume.revision);
      this.#comm.deliver({ method: 'update', state, buffer_paths: [] }, '');
      this.model.connected(instance, line, this.#connection.access);
      this.model.notify(null, false);
    } else if (!this.#isMaking) {
      this.#isMaking = true;
      void this.#makeModel(state);
    }
  }

  changed(state: Partial<ViewState>, method: 'update' | 'echo_update', parentId: string): void {
    // While the model is being made nobody listens at the comm.
    if (this.#latest !== null) this.#latest = { ...this.#latest, state: { ...this.#latest.state, ...state } };
    this.#comm.deliver({ method, state, buffer_paths: [] }, parentId);
    // A change that a swap of the volume overtook was refused; with the state that holds now, all is said.
    if (this.model?.notice != null && !this.model.isStopped) this.model.notify(null, false);
  }

  custom(content: ServerContent): void {
    this.#comm.deliver({ method: 'custom', content }, '');
  }

  /** One model only, however often the view is opened and let go of meanwhile. */
  async #makeModel(state: ViewState): Promise<void> {
    const names = {
      model_name: 'SliceModel',
      model_module: MODULE_NAME,
      model_module_version: MODULE_VERSION,
      view_name: 'SliceView',
      view_module: MODULE_NAME,
      view_module_version: MODULE_VERSION,
    };
    const model = await this.#manager.new_model({ ...names, model_id: this.viewId, comm: this.#comm }, state);
    this.#isMaking = false;
    if (!(model instanceof SliceModel)) return; // loadClass makes no other.
    if (this.outputs === 0) {
      void model.close(true);
      return;
    }
    this.model = model;
    this.notice = null;
    const latest = this.#latest;
    if (latest !== null && latest.state !== state) {
      this.#comm.deliver({ method: 'update', state: latest.state, buffer_paths: [] }, '');
    }
    if (latest !== null) model.connected(latest.instance, latest.line, this.#connection.access);
    this.#updated.emit();
    await this.#prefer(model);
  }

  /** Set what nobody has chosen as the person of this page wants it. */
  async #prefer(model: SliceModel): Promise<void> {
    const { preferences } = this.#manager;
    const areKnown = await preferences.ready.then(
      () => true,
      () => false, // They can't be read, which has been said.
    );
    if (!areKnown || model.state === null || this.model !== model) return;
    const patch = preferences.patchFor(model.state);
    if (Object.keys(patch).length > 0) model.choose(patch);
  }

  frame(frame: Frame): void | Promise<void> {
    return this.model?.receive(frame);
  }

  failed(sentence: string, isFinal: boolean): void {
    const retry = (): void => {
      this.#connection.retry();
    };
    const notice: Notice = isFinal
      ? { text: sentence }
      : { text: sentence, action: { label: text('Try now'), run: retry } };
    if (this.model !== null) {
      this.model.notify(notice, isFinal);
      return;
    }
    this.notice = notice;
    this.#updated.emit();
  }
}
