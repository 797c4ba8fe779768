import type { ViewSettings, ViewState } from '../src/protocol';
import { changedSettings, changeSettings, clampIndex } from '../src/shading';
import { Volume, type BlockSource } from '../src/volume';
import { Layouts } from './layouts';
import type { ViewRecord } from './thread';

/** Somebody who looks at a view: a session of a browser page. */
export interface ViewClient {
  /** `parentId` is the id of the client message that caused the change, '' if the kernel did. */
  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void;
  viewClosed(viewId: string): void;
}

/** One view: the volume that it shows, its settings, and who looks at it. */
export class View {
  readonly clients: Set<ViewClient> = new Set();
  volume: Volume;
  /** Where slices of xz and yz lie together, as far as they do. */
  blocks: BlockSource;
  state: ViewState;
  /** The last change by the main thread that this state includes. */
  seen: number;

  constructor(record: ViewRecord, seq: number, layouts: Layouts) {
    this.volume = Volume.fromRecord(record.volume);
    this.blocks = layouts.of(this.volume, record.revision);
    this.state = { ...record.settings, volume: this.volume.info(record.revision) };
    this.seen = seq;
  }
}

/** All views of this kernel. Changes go to every client that looks at the view. */
export class Views {
  readonly #views: Map<string, View> = new Map();
  readonly #layouts: Layouts = new Layouts();
  readonly #onChange: (viewId: string, patch: Partial<ViewSettings>, seen: number) => void;

  /** `onChange` is told what clients changed, to pass on to the kernel. */
  constructor(onChange: (viewId: string, patch: Partial<ViewSettings>, seen: number) => void) {
    this.#onChange = onChange;
  }

  get(viewId: string): View | undefined {
    return this.#views.get(viewId);
  }

  /** Make a view, or give it another volume: one change for its clients, so that they never see half of it. */
  put(record: ViewRecord, seq: number): void {
    const fresh = new View(record, seq, this.#layouts);
    const view = this.#views.get(record.viewId);
    if (view === undefined) {
      this.#views.set(record.viewId, fresh);
      return;
    }
    view.volume = fresh.volume;
    view.blocks = fresh.blocks;
    view.state = fresh.state;
    view.seen = seq;
    this.#letGo();
    for (const client of view.clients) client.stateChanged(record.viewId, view.state, '');
  }

  /**
   * A change by the kernel, which checked it against the plane that it knew. A client may have changed the
   * plane meanwhile, so the index is clamped; the main thread does the same.
   */
  set(viewId: string, patch: Partial<ViewSettings>, seq: number): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    view.seen = seq;
    const { plane, index, volume } = { ...view.state, ...patch };
    const clamped = clampIndex(index, volume.planes[plane].count);
    this.#apply(viewId, view, clamped === index ? patch : { ...patch, index: clamped }, '');
  }

  /**
   * A change by a client, which may hold anything.
   * @throws SlicescopeError where it is no change that the view can take.
   */
  change(viewId: string, view: View, patch: Partial<ViewSettings>, parentId: string): void {
    const { volume, ...settings } = view.state;
    const next = changeSettings(settings, patch, volume, 'view');
    const changed = changedSettings(settings, next);
    // What was asked for is answered also where nothing changed, with the values as they were checked.
    const asked = Object.entries(next).filter(([name]) => name in patch);
    this.#apply(viewId, view, { ...Object.fromEntries(asked), ...changed }, parentId);
    if (Object.keys(changed).length > 0) this.#onChange(viewId, changed, view.seen);
  }

  close(viewId: string): void {
    const view = this.#views.get(viewId);
    this.#views.delete(viewId);
    this.#letGo();
    for (const client of view?.clients ?? []) client.viewClosed(viewId);
  }

  /** No view shows what was closed, swapped or refreshed: its blocks go. */
  #letGo(): void {
    this.#layouts.keepOnly(new Set([...this.#views.values()].map(({ state }) => state.volume.revision)));
  }

  #apply(viewId: string, view: View, patch: Partial<ViewSettings>, parentId: string): void {
    view.state = { ...view.state, ...patch };
    for (const client of view.clients) client.stateChanged(viewId, patch, parentId);
  }
}
