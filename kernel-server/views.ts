import type { ViewSettings, ViewState } from '../src/protocol';
import { changedSettings, changeSettings, clampSettings, settingsOf } from '../src/shading';
import { Volume, type BlockSource } from '../src/volume';
import { Histograms } from './histograms';
import { Layouts } from './layouts';
import { contentOf, readFront, type PublishedCopies } from './publication';
import { letGo } from './shared-garbage';
import type { ViewRecord } from './thread';

/** Somebody who looks at a view: a session of a browser page. */
export interface ViewClient {
  /** `parentId` is the id of the client message that caused the change, '' if the kernel did. */
  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void;
  /** The content of the view's volume is new; the client may be told later, and of the newest revision only. */
  refreshed(viewId: string, revision: number): void;
  viewClosed(viewId: string): void;
}

/** One view: the volume that it shows, its settings, and who looks at it. */
export class View {
  readonly clients: Set<ViewClient> = new Set();
  state: ViewState;
  /** The last change by the main thread that this state includes. */
  seen: number;
  #volume: Volume;
  #published: { readonly copies: PublishedCopies; readonly volumes: readonly [Volume, Volume] } | null;
  /** Where slices of xz and yz lie together, as far as they do. */
  #blocks: BlockSource;

  constructor(record: ViewRecord, seq: number, layouts: Layouts) {
    this.#volume = Volume.fromRecord(record.volume);
    this.#published = publishedOf(record.published, this.#volume);
    this.#blocks = layouts.of(this.#volume, record.revision);
    const volume = this.#volume.info(record.revision);
    this.state = { ...record.settings, volume, overlayVolumes: [], defaulted: [], listens: [] };
    this.seen = seq;
  }

  get settings(): ViewSettings {
    return settingsOf(this.state);
  }

  /** The shared memory that the view refers to. */
  get bytes(): number {
    return this.#volume.data.byteLength * (this.#published === null ? 1 : 3);
  }

  /** Another volume and other settings; who looks at the view goes on looking. */
  replace(fresh: View): void {
    this.#volume = fresh.#volume;
    this.#published = fresh.#published;
    this.#blocks = fresh.#blocks;
    this.state = fresh.state;
    this.seen = fresh.seen;
  }

  /** The volume's content is new. `copies` come with the first refresh. */
  refresh(revision: number, copies: PublishedCopies | undefined): void {
    this.#published = publishedOf(copies, this.#volume) ?? this.#published;
    this.state = { ...this.state, volume: this.#volume.info(revision) };
  }

  /** Names the content that slices are cut from at this moment; a refresh by the cell gives it another name. */
  get content(): number {
    return this.#published === null ? 0 : contentOf(this.#published.copies);
  }

  /**
   * Cut from the volume. A refreshed one does not change until `use` returns; it has no blocks, which would be
   * built in vain when a cell refreshes again and again.
   */
  read<T>(use: (volume: Volume, blocks?: BlockSource) => T): T {
    const published = this.#published;
    if (published === null) return use(this.#volume, this.#blocks);
    return readFront(published.copies, (front) => use(published.volumes[front]));
  }
}

function publishedOf(
  copies: PublishedCopies | undefined,
  volume: Volume,
): { readonly copies: PublishedCopies; readonly volumes: readonly [Volume, Volume] } | null {
  if (copies === undefined) return null;
  const [one, other] = copies.copies;
  const record = volume.toRecord();
  const volumes = [Volume.fromRecord({ ...record, data: one }), Volume.fromRecord({ ...record, data: other })] as const;
  return { copies, volumes };
}

/** All views of this kernel. Changes go to every client that looks at the view. */
export class Views {
  readonly #views: Map<string, View> = new Map();
  readonly #layouts: Layouts = new Layouts();
  readonly histograms: Histograms = new Histograms();
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
    const view = this.#views.get(record.viewId);
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
  refresh(viewId: string, revision: number, copies: PublishedCopies | undefined): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    view.refresh(revision, copies);
    this.#letGoOfBlocks();
    for (const client of view.clients) client.refreshed(viewId, revision);
  }

  /**
   * A change by the kernel, which checked it against the plane that it knew. A client may have changed the
   * plane meanwhile, so the index is clamped; the main thread does the same.
   */
  set(viewId: string, patch: Partial<ViewSettings>, seq: number): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    view.seen = seq;
    const merged = { ...view.settings, ...patch };
    const clamped = changedSettings(merged, clampSettings(merged, view.state.volume));
    this.#apply(viewId, view, { ...patch, ...clamped }, '');
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
    this.#apply(viewId, view, { ...Object.fromEntries(asked), ...changed }, parentId);
    if (Object.keys(changed).length > 0) this.#onChange(viewId, changed, view.seen);
  }

  close(viewId: string): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    this.#views.delete(viewId);
    this.#letGoOfBlocks();
    for (const client of view.clients) client.viewClosed(viewId);
    letGo(view.bytes);
  }

  /** No view shows what was closed, swapped or refreshed: its blocks go. */
  #letGoOfBlocks(): void {
    this.#layouts.keepOnly(new Set([...this.#views.values()].map(({ state }) => state.volume.revision)));
  }

  #apply(viewId: string, view: View, patch: Partial<ViewSettings>, parentId: string): void {
    view.state = { ...view.state, ...patch };
    for (const client of view.clients) client.stateChanged(viewId, patch, parentId);
  }
}
