import type { PointerEventName, PointerMessage, ViewSettings, ViewState } from '../src/protocol';
import { Links, changedSettings, changeSettings, chosenIn, clampSettings, type Linked } from '../src/shading';
import { Histograms } from './histograms';
import { Layouts } from './layouts';
import type { PublishedCopies } from './publication';
import { letGo } from './shared-garbage';
import type { OverlayRecord, ViewRecord } from './thread';
import { View } from './view';

/** Somebody who looks at a view: a session of a browser page. */
export interface ViewClient {
  /** `parentId` is the id of the client message that caused the change, '' if the kernel did. */
  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void;
  /** The content of the view's volume is new; the client may be told later, and of the newest revision only. */
  refreshed(viewId: string, revision: number): void;
  viewClosed(viewId: string): void;
}

/** All views of this kernel. Changes go to every client that looks at the view. */
export class Views {
  readonly #views: Map<string, View> = new Map();
  readonly #layouts: Layouts = new Layouts();
  readonly histograms: Histograms = new Histograms();
  readonly links: Links = new Links();
  readonly #onChange: (viewId: string, patch: Partial<ViewSettings>, seen: number) => void;
  readonly #onPointer: (viewId: string, message: PointerMessage) => void;
  readonly #catchUp: () => void;
  readonly #onDiscard: (viewId: string) => void;

  /**
   * @param onChange is told what clients changed, to pass on to the kernel;
   * @param onPointer what their pointers do, where the kernel listens to it;
   * @param catchUp does at once what the kernel has sent and nobody has taken yet;
   * @param onDiscard is told of a view that nobody will look at again, so that the kernel closes it.
   */
  constructor(
    onChange: (viewId: string, patch: Partial<ViewSettings>, seen: number) => void,
    onPointer: (viewId: string, message: PointerMessage) => void = () => undefined,
    catchUp: () => void = () => undefined,
    onDiscard: (viewId: string) => void = () => undefined,
  ) {
    this.#onChange = onChange;
    this.#onPointer = onPointer;
    this.#catchUp = catchUp;
    this.#onDiscard = onDiscard;
  }

  get(viewId: string): View | undefined {
    return this.#views.get(viewId);
  }

  /** For a page that opens it: the event loop may hand over its message before the kernel's older one about the view. */
  find(viewId: string): View | undefined {
    if (!this.#views.has(viewId)) this.#catchUp();
    return this.#views.get(viewId);
  }

  /** Make a view, or give it another volume: one change for its clients, so that they never see half of it. */
  put(record: ViewRecord, seq: number): void {
    const view = this.#views.get(record.viewId);
    this.#layouts.keepOnly((memory) => memory !== record.memory); // It may have been written into since.
    if (view === undefined) {
      this.#views.set(record.viewId, new View(record, seq, this.#layouts));
      return;
    }
    const { bytes } = view;
    view.replace(new View(record, seq, this.#layouts));
    this.#letGoOfBlocks();
    for (const client of view.clients) client.stateChanged(record.viewId, view.state, '');
    letGo(bytes);
  }

  /** The view's volume was written into: its settings, and what clients make of them meanwhile, stay. */
  refresh(viewId: string, revision: number, copies: readonly (PublishedCopies | undefined)[]): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    view.refresh(revision, copies);
    this.#letGoOfBlocks();
    for (const client of view.clients) client.refreshed(viewId, revision);
  }

  /** Revisions begin anew, in another run of the server: what is known by an old one holds no longer. */
  renumber(revisions: readonly (readonly [viewId: string, revision: number])[]): void {
    this.#layouts.keepOnly(() => false);
    this.histograms.forget();
    for (const [viewId, revision] of revisions) this.#views.get(viewId)?.refresh(revision, []);
  }

  /** Another overlay in the place of one: what is shown below and above it stays as it is. */
  setOverlay(viewId: string, at: number, overlay: OverlayRecord, patch: Partial<ViewSettings>, seq: number): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    letGo(view.setOverlay(at, overlay));
    view.seen = seq;
    this.#apply(
      viewId,
      view,
      { ...patch, overlayVolumes: view.state.overlayVolumes, ...this.#leftAfter(view, chosenIn(patch)) },
      '',
    );
  }

  /**
   * A change by the kernel, which checked it against the plane that it knew. A client may have changed the
   * plane meanwhile, so the index is clamped; the main thread does the same.
   */
  set(
    viewId: string,
    patch: Partial<ViewSettings>,
    seq: number,
    chosen: readonly (keyof ViewSettings)[] = chosenIn(patch),
  ): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    view.seen = seq;
    const merged = { ...view.settings, ...patch };
    const clamped = changedSettings(merged, clampSettings(merged, view.state.volume));
    this.#apply(viewId, view, { ...patch, ...clamped, ...this.#leftAfter(view, chosen) }, '');
  }

  /** What the kernel listens to. */
  listen(viewId: string, listens: readonly PointerEventName[]): void {
    const view = this.#views.get(viewId);
    if (view !== undefined) this.#apply(viewId, view, { listens }, '');
  }

  /** A client's pointer. What is not listened to, or about a volume that was shown before, is left out. */
  pointed(viewId: string, { state: { listens, volume } }: View, message: PointerMessage): void {
    const isInside = message.position.every((at, axis) => at < (volume.shape[axis] as number));
    if (listens.includes(message.kind) && isInside && message.frame < volume.frames) this.#onPointer(viewId, message);
  }

  /**
   * A change by a client, which may hold anything.
   * @throws SlicescopeError where it is no change that the view can take.
   */
  change(viewId: string, view: View, patch: Partial<ViewSettings>, parentId: string): void {
    const { settings } = view;
    const next = changeSettings(settings, patch, view.state.volume, 'view');
    const changed = changedSettings(settings, next);
    // What was asked for is answered also where nothing changed, with the values as they were checked.
    const asked = Object.entries(next).filter(([name]) => name in patch);
    const answer = { ...Object.fromEntries(asked), ...changed, ...this.#leftAfter(view, chosenIn(patch)) };
    this.#apply(viewId, view, answer, parentId);
    const names = Object.keys(changed) as (keyof ViewSettings)[];
    if (names.length === 0) return;
    this.#onChange(viewId, changed, view.seen);
    const linked = (id: string): Linked | undefined => {
      const other = this.#views.get(id);
      return other === undefined ? undefined : { settings: other.settings, volume: other.state.volume };
    };
    this.links.follow(viewId, names, linked, (id, carried) => {
      const other = this.#views.get(id) as View;
      this.#apply(id, other, { ...carried, ...this.#leftAfter(other, chosenIn(carried)) }, '');
      this.#onChange(id, carried, other.seen);
    });
  }

  /** A client has no output of the view any more. Where another one looks at it, it stays. */
  discard(viewId: string): void {
    if (this.#views.get(viewId)?.clients.size === 0) this.#onDiscard(viewId);
  }

  close(viewId: string): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    this.#views.delete(viewId);
    this.links.forget(viewId);
    this.#letGoOfBlocks();
    for (const client of view.clients) client.viewClosed(viewId);
    letGo(view.bytes);
  }

  /** No view shows what was closed, swapped or refreshed: its blocks go. */
  #letGoOfBlocks(): void {
    const shown = new Set([...this.#views.values()].map(({ blockMemory }) => blockMemory));
    this.#layouts.keepOnly((memory) => shown.has(memory));
  }

  /** The settings that are still nobody's choice after these were chosen, if they are others than before. */
  #leftAfter(
    { state: { defaulted } }: View,
    chosen: readonly (keyof ViewSettings)[],
  ): Partial<Pick<ViewState, 'defaulted'>> {
    const left = defaulted.filter((name) => !chosen.includes(name));
    return left.length === defaulted.length ? {} : { defaulted: left };
  }

  #apply(viewId: string, view: View, patch: Partial<ViewState>, parentId: string): void {
    view.state = { ...view.state, ...patch };
    for (const client of view.clients) client.stateChanged(viewId, patch, parentId);
  }
}
