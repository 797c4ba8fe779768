import { DOMWidgetModel, type ICallbacks, type ISerializers } from '@jupyter-widgets/base';
import type { JSONObject } from '@lumino/coreutils';
import {
  PLAIN_SETTINGS,
  SliceFeed,
  decodeFrame,
  parseServerContent,
  settled,
  type Access,
  type ClientContent,
  type Frame,
  type Line,
  type Needs,
  type Notice,
  type Plane,
  type Slice,
  type ViewSettings,
  type ViewState,
} from 'slicescope/lib/src/viewer';

/** The widget's module, by which managers find its classes. */
export const MODULE_NAME = 'slicescope';
export const MODULE_VERSION = '0.1.0';

/**
 * A view's state, as an ordinary widget model. Its comm may be the companion's WebSocket or a kernel's own:
 * it wishes for slices with custom messages (`WishList`), and takes binary frames as custom messages with
 * one buffer; without one, they are what parseServerContent takes.
 *
 * Events: `change` as of every widget; `slice` when another slice is there; `answer`, with a `ServerContent`, when
 * something comes that was asked for with `tell`; `notice` when there is something to tell the person.
 */
export class SliceModel extends DOMWidgetModel {
  static override serializers: ISerializers = { ...DOMWidgetModel.serializers };

  // Declared only: Backbone's constructor calls initialize before a subclass' fields would be set.
  declare notice: Notice | null;
  /** No further slice will come by itself. */
  declare isStopped: boolean;
  /** Slices can be asked for. */
  declare isConnected: boolean;
  /** What the page may do: where it may only look, changes hold on it alone. */
  declare access: Access;
  declare private _feed: SliceFeed;
  /** Slices that are here already come with the event of the change, and have none of their own: all would be drawn twice. */
  declare private _isChanging: boolean;

  override defaults(): Backbone.ObjectHash {
    return {
      ...super.defaults(),
      _model_name: 'SliceModel',
      _model_module: MODULE_NAME,
      _model_module_version: MODULE_VERSION,
      _view_name: 'SliceView',
      _view_module: MODULE_NAME,
      _view_module_version: MODULE_VERSION,
      volume: null,
      ...PLAIN_SETTINGS,
      index: 0,
      position: [0, 0, 0],
      window: [0, 1],
      channels: [],
      overlays: [],
      overlayVolumes: [],
      defaulted: [],
      listens: [],
    };
  }

  override initialize(attributes: Backbone.ObjectHash, options: Parameters<DOMWidgetModel['initialize']>[1]): void {
    super.initialize(attributes, options);
    this.notice = null;
    this.isStopped = false;
    this.isConnected = false;
    this.access = 'change';
    this._isChanging = false;
    this._feed = new SliceFeed(
      (wishes) => {
        this.tell(wishes);
      },
      () => {
        if (!this._isChanging) this.trigger('slice');
      },
    );
    this.on('change', () => {
      this._isChanging = true;
      try {
        this._update();
      } finally {
        this._isChanging = false;
      }
    });
    this.on('msg:custom', (content: unknown, buffers: readonly DataView[]) => {
      const [bytes] = buffers;
      if (bytes === undefined) {
        this.trigger('answer', parseServerContent(content));
        return;
      }
      const start = bytes.byteOffset;
      void this.receive(decodeFrame(bytes.buffer.slice(start, start + bytes.byteLength) as ArrayBuffer));
    });
  }

  /** The state, or null before the kernel has sent it. */
  get state(): ViewState | null {
    return this.get('volume') === null ? null : (this.attributes as unknown as ViewState);
  }

  /** The comm leads to this run of a companion, or to another one: ask it for what is missing. */
  connected(instance: string, line: Line | null, access: Access = 'change'): void {
    this.isConnected = true;
    this.access = access;
    this._feed.connected(instance, line);
    this._update();
  }

  /** The person changed something. */
  choose(patch: Partial<ViewSettings>, callbacks?: ICallbacks): void {
    if (this.state === null) return;
    this.set(settled(this.state, patch));
    this.save_changes(callbacks);
  }

  /** Say something that is no setting. A kernel with a comm of its own may leave it without an answer. */
  tell(content: ClientContent): void {
    this.send(content as unknown as JSONObject, {});
  }

  receive(frame: Frame): void | Promise<void> {
    return this._feed.receive(frame);
  }

  /** The newest slice of a plane of the state's volumes that has arrived, if one has. */
  sliceOf(plane: Plane): Slice | null {
    return this._feed.sliceOf(plane);
  }

  /** What a viewer can show of a plane; null when it is out of sight. */
  need(viewer: object, plane: Plane, needs: Needs | null): void {
    this._feed.need(viewer, plane, needs);
  }

  override close(commClosed?: boolean): Promise<void> {
    this._feed.dispose();
    return super.close(commClosed);
  }

  /** Tell the person something, or nothing any more. */
  notify(notice: Notice | null, isStopped: boolean): void {
    this.notice = notice;
    this.isStopped = isStopped;
    this.trigger('notice');
  }

  private _update(): void {
    if (this.isConnected && this.state !== null) this._feed.update(this.state);
  }
}
