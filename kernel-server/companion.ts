import type { PointerEventName, PointerMessage, ViewSettings, VoxelArray } from '../src/protocol';
import { Links, chosenIn, clampSettings, type Link, type Linked } from '../src/shading';
import { Volume } from '../src/volume';
import { CompanionWorker, type Place } from './companion-worker';
import { Publication, noteRevision, takeRevision, type PublishedCopies } from './publication';
import { letGo } from './shared-garbage';
import type { FromWorker, News, OverlayLayerRecord, OverlayRecord, Snapshot, ViewRecord } from './thread';

/** A view as its handle knows it. */
export interface NewView extends Pick<ViewRecord, 'viewId' | 'volume' | 'settings' | 'defaulted'> {
  readonly overlays: readonly OverlayLayerRecord[];
}

export type CompanionOptions = Place & {
  /** Compiled worker.js. */
  readonly workerFile?: string;
  /** The number before the first revision; tests begin near the last one. */
  readonly lastRevision?: number;
  /** A person changed a view in a browser. */
  readonly onChange: (viewId: string, patch: Partial<ViewSettings>) => void;
  /** A person's pointer is over a voxel, or clicked one; only of what `listen` was called for. */
  readonly onPointer?: (viewId: string, message: PointerMessage) => void;
  /** A view's output was replaced or cleared, and no page shows the view: close it. */
  readonly onDiscard?: (viewId: string) => void;
};

/**
 * Revisions begin anew after this one. The protocol has room for numbers below 2³², and what is left is more than one
 * call can take.
 */
const LAST_REVISION = 0xf000_0000;

/** The memory of the volumes that a view shows, its own first. */
function memoryOf({ volume, overlays }: NewView): readonly VoxelArray[] {
  return [volume.data, ...overlays.map((overlay) => overlay.volume.data)];
}

/**
 * The main thread's handle on the companion: the views that its worker serves. The constructor returns when the worker
 * listens. A worker that takes the place of one that died is given the same views.
 *
 * `#views` is what the main thread knows; the worker has the last word while it lives, because it serves
 * the browser while the main thread may be busy. A change by a browser that the worker took before a
 * change of the same setting by the kernel is the older one, and is dropped here (`seen` < `#lastSet`).
 *
 * What is shown of a volume is its content at the last `put` or `refresh`, once it was refreshed; before
 * that, its own memory (publication.ts). All views of one volume share that copy, and each of them has a
 * revision of its own, because what a page has of one says nothing about what it has of another. The same holds for
 * overlays, whose revisions are the numbers after that of the view's volume.
 */
export class Companion {
  readonly #options: CompanionOptions;
  readonly #views: Map<string, ViewRecord> = new Map();
  readonly #links: Links = new Links();
  readonly #lastSet: Map<string, Map<string, number>> = new Map();
  /** By a volume's own memory; here for as long as a view shows that volume. */
  readonly #publications: Map<VoxelArray, Publication> = new Map();
  /** By view, once it was refreshed. */
  readonly #news: Map<string, Uint32Array> = new Map();
  /** Names for the memory of volumes. */
  readonly #memories: WeakMap<ArrayBufferLike, number> = new WeakMap();
  #lastMemory = 0;
  #lastRevision = 0;
  #seq = 0;
  readonly #worker: CompanionWorker;

  /** @throws SlicescopeError `companion-failed`. */
  constructor(options: CompanionOptions) {
    this.#options = options;
    if (options.lastRevision !== undefined) this.#lastRevision = options.lastRevision;
    this.#worker = new CompanionWorker({
      ...options,
      onNews: (news) => {
        this.#hear(news);
      },
      onRestart: () => {
        this.#tellAll();
      },
    });
  }

  /** Where a person looks at a view outside of Jupyter. What is behind the # is never sent to anybody. */
  pageUrl(viewId: string): string {
    return this.#worker.pageUrl(viewId);
  }

  /** The settings of a view, as they are now. */
  settings(viewId: string): ViewSettings | undefined {
    return this.#views.get(viewId)?.settings;
  }

  /** The settings of a view that nobody has chosen. */
  defaulted(viewId: string): readonly (keyof ViewSettings)[] {
    return this.#views.get(viewId)?.defaulted ?? [];
  }

  /** What slices of a volume are cut from, if that is not the volume's own memory. */
  published(data: VoxelArray): VoxelArray | undefined {
    return this.#publications.get(data)?.front;
  }

  /** Make a view, or give it another volume and settings. */
  put(fresh: NewView): void {
    this.#renumber();
    const { viewId, volume, overlays, settings, defaulted } = fresh;
    const before = this.#views.get(viewId);
    const memory = memoryOf(fresh);
    for (const data of new Set(memory)) this.#publications.get(data)?.publish();
    const view: ViewRecord = {
      viewId,
      volume,
      memory: this.#memoryName(volume.data),
      settings,
      revision: ++this.#lastRevision,
      published: this.#sharedOf(volume.data),
      overlays: overlays.map((overlay) => this.#overlayRecord(overlay)),
      defaulted,
      listens: before?.listens,
    };
    this.#views.set(viewId, view);
    this.#worker.keepAlive(true);
    this.#news.delete(viewId); // A message about the volumes before may still be under way.
    this.#worker.post({ type: 'put', view, seq: this.#next(viewId, settings) });
    this.#announce(memory, viewId);
    if (before !== undefined) this.#letGo(memoryOf(before));
  }

  /** Show another overlay in the place of one, with settings that have been checked. */
  setOverlay(viewId: string, at: number, fresh: OverlayLayerRecord, patch: Partial<ViewSettings>): void {
    this.#renumber();
    const view = this.#views.get(viewId);
    const before = view?.overlays[at];
    if (view === undefined || before === undefined) return;
    this.#publications.get(fresh.volume.data)?.publish();
    const overlay = this.#overlayRecord(fresh);
    this.#views.set(viewId, { ...view, overlays: view.overlays.map((each) => (each === before ? overlay : each)) });
    this.#news.delete(viewId); // Messages from here on are about this overlay.
    this.#merge(viewId, patch);
    this.#worker.post({ type: 'overlay', viewId, at, overlay, patch, seq: this.#next(viewId, patch) });
    this.#announce([fresh.volume.data], viewId);
    this.#letGo([before.volume.data]);
  }

  /** The view's volumes were written into: publish their content, in all views that show them. */
  refresh(viewId: string): void {
    this.#renumber();
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    const records = [view.volume, ...view.overlays.map(({ volume }) => volume)];
    const inMemory = records.filter(({ chunks }) => chunks === undefined);
    for (const record of new Map(inMemory.map((each) => [each.data, each])).values()) {
      const publication = this.#publications.get(record.data) ?? new Publication(record);
      publication.publish();
      this.#publications.set(record.data, publication);
    }
    this.#announce(memoryOf(view), undefined, view.volume.chunks !== undefined);
  }

  /** Change settings that have been checked, also in the views that are linked; `chosen` names what was asked for. */
  set(viewId: string, patch: Partial<ViewSettings>, chosen: readonly (keyof ViewSettings)[] = chosenIn(patch)): void {
    this.#set(viewId, patch, chosen);
    this.#follow(viewId, Object.keys(patch) as (keyof ViewSettings)[]);
  }

  /** What of people's pointers the kernel wants to hear. */
  listen(viewId: string, listens: readonly PointerEventName[]): void {
    const view = this.#views.get(viewId);
    if (view === undefined) return;
    this.#views.set(viewId, { ...view, listens });
    this.#worker.post({ type: 'listen', viewId, listens });
  }

  /** Keep settings of views in step from here on, beginning with those of the first. */
  link(link: Link): void {
    this.#links.add(link);
    this.#worker.post({ type: 'link', link });
    this.#follow(link.viewIds[0] as string, link.names);
  }

  unlink(linkId: string): void {
    this.#links.remove(linkId);
    this.#worker.post({ type: 'unlink', linkId });
  }

  close(viewId: string): void {
    const before = this.#views.get(viewId);
    this.#views.delete(viewId);
    this.#worker.keepAlive(this.#views.size > 0);
    this.#links.forget(viewId);
    this.#lastSet.delete(viewId);
    this.#news.delete(viewId);
    this.#worker.post({ type: 'close', viewId });
    if (before !== undefined) this.#letGo(memoryOf(before));
  }

  /**
   * The view's picture, drawn in the worker; waits for it.
   * @param onLate is called where it takes longer than so many milliseconds.
   * @throws SlicescopeError `companion-failed`.
   */
  snapshot(viewId: string, soonMs = 0, onLate?: () => void): Snapshot {
    return this.#worker.snapshot(viewId, soonMs, onLate);
  }

  /** What is shared of a volume's publication, if it was published. */
  #sharedOf(data: VoxelArray): PublishedCopies | undefined {
    return this.#publications.get(data)?.shared;
  }

  #memoryName({ buffer }: VoxelArray): number {
    const name = this.#memories.get(buffer) ?? ++this.#lastMemory;
    this.#memories.set(buffer, name);
    return name;
  }

  #overlayRecord({ volume, labels }: OverlayLayerRecord): OverlayRecord {
    return { volume, labels, revision: ++this.#lastRevision, published: this.#sharedOf(volume.data) };
  }

  /** Before revisions end, all views get new ones. Pages connect anew then, and keep nothing that has an old one. */
  #renumber(): void {
    if (this.#lastRevision < LAST_REVISION) return;
    this.#lastRevision = 0;
    this.#news.clear(); // A message with an old revision may still be under way.
    const revisions = [...this.#views.values()].map((view) => {
      const revision = ++this.#lastRevision;
      const overlays = view.overlays.map((overlay) => ({ ...overlay, revision: ++this.#lastRevision }));
      this.#views.set(view.viewId, { ...view, revision, overlays });
      return [view.viewId, revision] as const;
    });
    this.#worker.post({ type: 'renumber', revisions });
  }

  /**
   * Tell of what was published of these volumes, in all views that show one of them, or in all others.
   * @param isAll whether to tell also of those that are not in memory.
   */
  #announce(memory: readonly VoxelArray[], except?: string, isAll = false): void {
    const published = new Set(memory.filter((data) => isAll || this.#publications.has(data)));
    for (const view of this.#views.values()) {
      if (view.viewId === except || !memoryOf(view).some((data) => published.has(data))) continue;
      const { viewId } = view;
      const revision = ++this.#lastRevision;
      const overlays = view.overlays.map((overlay) => this.#overlayRecord(overlay));
      const fresh: ViewRecord = { ...view, revision, published: this.#sharedOf(view.volume.data), overlays };
      this.#views.set(viewId, fresh);
      const news = this.#news.get(viewId) ?? new Uint32Array(new SharedArrayBuffer(8));
      this.#news.set(viewId, news);
      const copies = [view, ...view.overlays].map((before, at) => {
        const now = at === 0 ? fresh.published : overlays[at - 1]?.published;
        return before.published === undefined ? now : undefined;
      });
      const isNews = noteRevision(news, revision);
      if (isNews || copies.some((each) => each !== undefined)) {
        this.#worker.post({ type: 'refresh', viewId, news, published: copies });
      }
    }
  }

  /** A view shows these volumes no longer. */
  #letGo(memory: readonly VoxelArray[]): void {
    const shown = new Set([...this.#views.values()].flatMap(memoryOf));
    for (const data of new Set(memory)) {
      if (shown.has(data)) continue;
      const copies = this.#publications.delete(data) ? 2 : 0;
      letGo(data.byteLength * (1 + copies));
    }
  }

  /** Number a change by the kernel, and note it for each setting that it makes. */
  #next(viewId: string, patch: Partial<ViewSettings>): number {
    this.#seq += 1;
    const lastSet = this.#lastSet.get(viewId) ?? new Map<string, number>();
    for (const name of Object.keys(patch)) lastSet.set(name, this.#seq);
    this.#lastSet.set(viewId, lastSet);
    return this.#seq;
  }

  #set(viewId: string, patch: Partial<ViewSettings>, chosen: readonly (keyof ViewSettings)[]): void {
    const isNews = Object.keys(patch).length > 0 || this.defaulted(viewId).some((name) => chosen.includes(name));
    const isThere = isNews && this.#merge(viewId, patch, chosen);
    if (isThere) this.#worker.post({ type: 'set', viewId, patch, chosen, seq: this.#next(viewId, patch) });
  }

  #follow(viewId: string, changed: readonly (keyof ViewSettings)[]): void {
    const linked = (id: string): Linked | undefined => {
      const view = this.#views.get(id);
      return view === undefined
        ? undefined
        : { settings: view.settings, volume: Volume.fromRecord(view.volume).info(view.revision) };
    };
    this.#links.follow(viewId, changed, linked, (id, patch) => {
      this.#set(id, patch, chosenIn(patch));
    });
  }

  #merge(
    viewId: string,
    patch: Partial<ViewSettings>,
    chosen: readonly (keyof ViewSettings)[] = chosenIn(patch),
  ): boolean {
    const view = this.#views.get(viewId);
    if (view === undefined) return false;
    const settings = { ...view.settings, ...patch };
    // The kernel and a client may each have changed one of plane and index; the worker clamps it too.
    const clamped = clampSettings(settings, Volume.fromRecord(view.volume).info(0));
    const defaulted = view.defaulted?.filter((name) => !chosen.includes(name));
    this.#views.set(viewId, { ...view, settings: clamped, defaulted });
    return true;
  }

  /** A worker that is new knows no view, and reads nothing yet. */
  #tellAll(): void {
    for (const publication of this.#publications.values()) publication.abandon();
    for (const news of this.#news.values()) takeRevision(news);
    for (const view of this.#views.values()) this.#worker.post({ type: 'put', view, seq: this.#seq });
    for (const link of this.#links.all) this.#worker.post({ type: 'link', link });
  }

  #hear(message: FromWorker): void {
    if (message.type === 'discarded') this.#options.onDiscard?.(message.viewId);
    else this.#take(message);
  }

  #take({ viewId, changes, clicks, probe }: News): void {
    const lastSet = this.#lastSet.get(viewId);
    const news = changes.flatMap(({ patch, seen }) =>
      Object.entries(patch).filter(([name]) => (lastSet?.get(name) ?? 0) <= seen),
    );
    const change = Object.fromEntries(news) as Partial<ViewSettings>;
    try {
      if (news.length > 0 && this.#merge(viewId, change)) this.#options.onChange(viewId, change);
      for (const message of probe === null ? clicks : [...clicks, probe]) this.#options.onPointer?.(viewId, message);
    } finally {
      this.#worker.post({ type: 'taken', viewId });
    }
  }
}
