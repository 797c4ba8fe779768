import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel, Worker, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import {
  SlicescopeError,
  messageOf,
  type PointerEventName,
  type PointerMessage,
  type ViewSettings,
  type VoxelArray,
} from '../src/protocol';
import { Links, chosenIn, clampSettings, type Link, type Linked } from '../src/shading';
import { Volume } from '../src/volume';
import { Publication, noteRevision, takeRevision, type PublishedCopies } from './publication';
import { RecordFiles } from './record-files';
import { letGo } from './shared-garbage';
import type {
  FromWorker,
  OverlayLayerRecord,
  OverlayRecord,
  Snapshot,
  SyncReply,
  ToWorker,
  ViewRecord,
  WorkerSetup,
} from './thread';

/** How long the main thread waits for the worker before it gives up, in milliseconds. */
const PATIENCE_MS = 10_000;
/** A worker that dies more often than this within a minute is not started again. */
const RESTARTS_A_MINUTE = 5;

/** A view as its handle knows it. */
export interface NewView extends Pick<ViewRecord, 'viewId' | 'volume' | 'settings' | 'defaulted'> {
  readonly overlays: readonly OverlayLayerRecord[];
}

/** Where pages find the companion. */
type Place =
  /** By its record, under Jupyter's id of the kernel, in Jupyter's runtime folder. */
  | { readonly kernelId: string; readonly runtimeDir: string }
  /** Outside of Jupyter, at an address that a person opens: it serves a page itself. */
  | { readonly kernelId: null };

export type CompanionOptions = Place & {
  /** Compiled worker.js. */
  readonly workerFile?: string;
  /** A person changed a view in a browser. */
  readonly onChange: (viewId: string, patch: Partial<ViewSettings>) => void;
  /** A person's pointer is over a voxel, or clicked one; only of what `listen` was called for. */
  readonly onPointer?: (viewId: string, message: PointerMessage) => void;
};

/** The memory of the volumes that a view shows, its own first. */
function memoryOf({ volume, overlays }: NewView): readonly VoxelArray[] {
  return [volume.data, ...overlays.map((overlay) => overlay.volume.data)];
}

/**
 * The main thread's handle on the companion. The constructor returns when the worker listens, so that
 * `show` can be synchronous. Nothing of it keeps a kernel's process alive; outside of Jupyter its open views do, because
 * there is nothing else that people look at them for. When the worker dies, another one is started with the same views, secret and, if it is still free, port.
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
  readonly #secret: string = randomBytes(32).toString('hex');
  /** Null outside of Jupyter. */
  readonly #files: RecordFiles | null;
  readonly #views: Map<string, ViewRecord> = new Map();
  readonly #links: Links = new Links();
  readonly #lastSet: Map<string, Map<string, number>> = new Map();
  readonly #deaths: number[] = [];
  /** By a volume's own memory; here for as long as a view shows that volume. */
  readonly #publications: Map<VoxelArray, Publication> = new Map();
  /** By view, once it was refreshed. */
  readonly #news: Map<string, Int32Array> = new Map();
  #lastRevision = 0;
  #seq = 0;
  #port = 0;
  #worker: Worker;
  #sync: MessagePort;
  #signal: Int32Array;

  /** @throws SlicescopeError `companion-failed`. */
  constructor(options: CompanionOptions) {
    this.#options = options;
    this.#files = options.kernelId === null ? null : new RecordFiles(options.runtimeDir, options.kernelId);
    [this.#worker, this.#sync, this.#signal] = this.#start();
  }

  /** Where a person looks at a view outside of Jupyter. What is behind the # is never sent to anybody. */
  pageUrl(viewId: string): string {
    const fragment = new URLSearchParams({ view: viewId, secret: this.#secret });
    return `http://127.0.0.1:${String(this.#port)}/#${String(fragment)}`;
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
    const { viewId, volume, overlays, settings, defaulted } = fresh;
    const before = this.#views.get(viewId);
    const memory = memoryOf(fresh);
    for (const data of new Set(memory)) this.#publications.get(data)?.publish();
    const view: ViewRecord = {
      viewId,
      volume,
      settings,
      revision: ++this.#lastRevision,
      published: this.#sharedOf(volume.data),
      overlays: overlays.map((overlay) => this.#overlayRecord(overlay)),
      defaulted,
      listens: before?.listens,
    };
    this.#views.set(viewId, view);
    this.#keepAlive(this.#worker);
    this.#news.delete(viewId); // A message about the volumes before may still be under way.
    this.#post({ type: 'put', view, seq: this.#next(viewId, settings) });
    this.#announce(memory, viewId);
    if (before !== undefined) this.#letGo(memoryOf(before));
  }

  /** Show another overlay in the place of one, with settings that have been checked. */
  setOverlay(viewId: string, at: number, fresh: OverlayLayerRecord, patch: Partial<ViewSettings>): void {
    const view = this.#views.get(viewId);
    const before = view?.overlays[at];
    if (view === undefined || before === undefined) return;
    this.#publications.get(fresh.volume.data)?.publish();
    const overlay = this.#overlayRecord(fresh);
    this.#views.set(viewId, { ...view, overlays: view.overlays.map((each) => (each === before ? overlay : each)) });
    this.#news.delete(viewId); // Messages from here on are about this overlay.
    this.#merge(viewId, patch);
    this.#post({ type: 'overlay', viewId, at, overlay, patch, seq: this.#next(viewId, patch) });
    this.#announce([fresh.volume.data], viewId);
    this.#letGo([before.volume.data]);
  }

  /** The view's volumes were written into: publish their content, in all views that show them. */
  refresh(viewId: string): void {
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
    this.#post({ type: 'listen', viewId, listens });
  }

  /** Keep settings of views in step from here on, beginning with those of the first. */
  link(link: Link): void {
    this.#links.add(link);
    this.#post({ type: 'link', link });
    this.#follow(link.viewIds[0] as string, link.names);
  }

  unlink(linkId: string): void {
    this.#links.remove(linkId);
    this.#post({ type: 'unlink', linkId });
  }

  close(viewId: string): void {
    const before = this.#views.get(viewId);
    this.#views.delete(viewId);
    this.#keepAlive(this.#worker);
    this.#links.forget(viewId);
    this.#lastSet.delete(viewId);
    this.#news.delete(viewId);
    this.#post({ type: 'close', viewId });
    if (before !== undefined) this.#letGo(memoryOf(before));
  }

  /**
   * The view's picture, drawn in the worker; waits for it.
   * @throws SlicescopeError `companion-failed`.
   */
  snapshot(viewId: string): Snapshot {
    const answer = this.#ask(() => {
      this.#post({ type: 'snapshot', viewId });
    });
    if (answer.type !== 'snapshot') throw this.#failure('drew no picture', answer);
    return { png: answer.png, key: answer.key };
  }

  /** What is shared of a volume's publication, if it was published. */
  #sharedOf(data: VoxelArray): PublishedCopies | undefined {
    return this.#publications.get(data)?.shared;
  }

  #overlayRecord({ volume, labels }: OverlayLayerRecord): OverlayRecord {
    return { volume, labels, revision: ++this.#lastRevision, published: this.#sharedOf(volume.data) };
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
      const news = this.#news.get(viewId) ?? new Int32Array(new SharedArrayBuffer(8));
      this.#news.set(viewId, news);
      const copies = [view, ...view.overlays].map((before, at) => {
        const now = at === 0 ? fresh.published : overlays[at - 1]?.published;
        return before.published === undefined ? now : undefined;
      });
      const isNews = noteRevision(news, revision);
      if (isNews || copies.some((each) => each !== undefined)) {
        this.#post({ type: 'refresh', viewId, news, published: copies });
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
    if (isThere) this.#post({ type: 'set', viewId, patch, chosen, seq: this.#next(viewId, patch) });
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

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #start(): [Worker, MessagePort, Int32Array] {
    const { port1, port2 } = new MessageChannel();
    this.#sync = port1;
    this.#signal = new Int32Array(new SharedArrayBuffer(4));
    const setup: WorkerSetup = {
      secret: this.#secret,
      pagesFile: this.#files?.pagesFile ?? null,
      port: this.#port,
      sync: port2,
      signal: this.#signal,
    };
    const answer = this.#ask(() => {
      const file = this.#options.workerFile ?? join(__dirname, 'worker.js');
      this.#worker = new Worker(file, { workerData: setup, transferList: [port2], stdin: false });
    });
    const worker = this.#worker;
    worker.on('message', (message: FromWorker) => {
      this.#hear(message);
    });
    worker.on('error', (error) => {
      console.error('slicescope: the viewer’s server stopped and is started again.', error);
    });
    this.#keepAlive(worker);
    if (answer.type !== 'listening') {
      void worker.terminate();
      throw this.#failure('does not listen', answer);
    }
    worker.on('exit', () => {
      this.#restart();
    });
    this.#port = answer.port;
    this.#files?.write({ port: answer.port, secret: this.#secret, pid: process.pid });
    return [worker, this.#sync, this.#signal];
  }

  #keepAlive(worker: Worker): void {
    if (this.#files === null && this.#views.size > 0) worker.ref();
    else worker.unref();
  }

  #restart(): void {
    const now = Date.now();
    this.#deaths.push(now);
    if (this.#deaths.filter((death) => now - death < 60_000).length > RESTARTS_A_MINUTE) {
      this.#files?.removeRecord();
      console.error(`slicescope: the viewer’s server keeps stopping. ${this.#again} to look at volumes again.`);
      return;
    }
    try {
      this.#start();
    } catch (error) {
      this.#files?.removeRecord();
      console.error(`slicescope: ${messageOf(error)}`);
      return;
    }
    for (const publication of this.#publications.values()) publication.abandon();
    for (const news of this.#news.values()) takeRevision(news);
    for (const view of this.#views.values()) this.#post({ type: 'put', view, seq: this.#seq });
    for (const link of this.#links.all) this.#post({ type: 'link', link });
  }

  #hear({ viewId, changes, clicks, probe }: FromWorker): void {
    const lastSet = this.#lastSet.get(viewId);
    const news = changes.flatMap(({ patch, seen }) =>
      Object.entries(patch).filter(([name]) => (lastSet?.get(name) ?? 0) <= seen),
    );
    const change = Object.fromEntries(news) as Partial<ViewSettings>;
    try {
      if (news.length > 0 && this.#merge(viewId, change)) this.#options.onChange(viewId, change);
      for (const message of probe === null ? clicks : [...clicks, probe]) this.#options.onPointer?.(viewId, message);
    } finally {
      this.#post({ type: 'taken', viewId });
    }
  }

  /** Do something that the worker answers, and wait for the answer. */
  #ask(action: () => void): SyncReply {
    while (receiveMessageOnPort(this.#sync) !== undefined); // Answers that came too late for their question.
    let before = Atomics.load(this.#signal, 0);
    action();
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) return { type: 'failed', message: 'it did not answer in time' };
      if (Atomics.wait(this.#signal, 0, before, left) === 'timed-out') continue;
      const received = receiveMessageOnPort(this.#sync) as { message: SyncReply } | undefined;
      if (received !== undefined) return received.message;
      before = Atomics.load(this.#signal, 0);
    }
  }

  /** What a person can do when there is no server any more. */
  get #again(): string {
    return this.#files === null ? 'Run the program again' : 'Restart the kernel';
  }

  #failure(what: string, answer: SyncReply): SlicescopeError {
    const reason = answer.type === 'failed' ? answer.message : answer.type;
    const message = `show: the viewer's server ${what} (${reason}); ${this.#again.toLowerCase()} and try again`;
    return new SlicescopeError('companion-failed', message, {});
  }
}
