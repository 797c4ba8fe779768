import type { MessagePort } from 'node:worker_threads';
import type { Labels, PointerEventName, PointerMessage, ViewSettings } from '../src/protocol';
import type { Link } from '../src/shading';
import type { VolumeRecord } from '../src/volume';
import type { PublishedCopies } from './publication';

/** What passes between the kernel's main thread and the companion's worker thread. */

/** A volume that a view draws over its own. */
export interface OverlayRecord extends OverlayLayerRecord {
  /** A number that no volume of any view had before. */
  readonly revision: number;
  readonly published?: PublishedCopies | undefined;
}

/** What the main thread is told of an overlay. */
export interface OverlayLayerRecord {
  readonly volume: VolumeRecord;
  readonly labels: Labels | null;
}

/** A view as the main thread knows it: enough to make it again in a new worker. */
export interface ViewRecord {
  readonly viewId: string;
  readonly volume: VolumeRecord;
  /** Names the memory of the volume's values: views of one memory share what is built of it. */
  readonly memory: number;
  /** Of this view's volume and its content; every `put` and every refresh takes a number that no view had before. */
  readonly revision: number;
  /** What slices are cut from, once the volume was refreshed; before that, the volume's own memory. */
  readonly published?: PublishedCopies | undefined;
  readonly overlays: readonly OverlayRecord[];
  readonly settings: ViewSettings;
  /** Settings that nobody has chosen. Without it: none. */
  readonly defaulted?: readonly (keyof ViewSettings)[] | undefined;
  /** What the kernel listens to. Without it: nothing. */
  readonly listens?: readonly PointerEventName[] | undefined;
}

export type ToWorker =
  /** Make a view, or replace its volume and settings. */
  | { readonly type: 'put'; readonly view: ViewRecord; readonly seq: number }
  /** Change settings that have been checked; `chosen` names those that somebody asked for. */
  | {
      readonly type: 'set';
      readonly viewId: string;
      readonly patch: Partial<ViewSettings>;
      readonly chosen: readonly (keyof ViewSettings)[];
      readonly seq: number;
    }
  | { readonly type: 'listen'; readonly viewId: string; readonly listens: readonly PointerEventName[] }
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'unlink'; readonly linkId: string }
  /** A message of this view was taken: the next one may come. */
  | { readonly type: 'taken'; readonly viewId: string }
  /**
   * The published content of the view's volumes is new; settings stay as they are. There is one such message of a view
   * under way at most, however often it is refreshed: the worker takes the newest revision from `news`. It is the
   * volume's; those of the overlays follow it.
   */
  | {
      readonly type: 'refresh';
      readonly viewId: string;
      readonly news: Uint32Array;
      /** Of the volume and of each overlay; comes with the first refresh of each. */
      readonly published: readonly (PublishedCopies | undefined)[];
    }
  /** Another overlay in the place of one, and the settings that go with it. */
  | {
      readonly type: 'overlay';
      readonly viewId: string;
      readonly at: number;
      readonly overlay: OverlayRecord;
      readonly patch: Partial<ViewSettings>;
      readonly seq: number;
    }
  /** Revisions begin anew: those of the views from here on. */
  | { readonly type: 'renumber'; readonly revisions: readonly (readonly [viewId: string, revision: number])[] }
  /** Draw a view and answer with a PNG on the sync port. */
  | { readonly type: 'snapshot'; readonly viewId: string }
  | { readonly type: 'close'; readonly viewId: string };

export type FromWorker =
  | News
  /** The view's output was replaced or cleared, and nobody looks at the view. */
  | { readonly type: 'discarded'; readonly viewId: string };

/** What people did to a view in a browser, since the message before. */
export interface News {
  readonly type: 'news';
  readonly viewId: string;
  /** Each setting is in one of them; `seen` is the last `seq` that the worker had taken before. */
  readonly changes: readonly { readonly patch: Partial<ViewSettings>; readonly seen: number }[];
  readonly clicks: readonly PointerMessage[];
  /** Where the pointer is, if it has moved. */
  readonly probe: PointerMessage | null;
}

/** A view's picture for the saved notebook. */
export interface Snapshot {
  readonly png: Uint8Array;
  /** Of the state that it shows (`pictureKey`). */
  readonly key: string;
}

/** What the main thread waits for, on the sync port; `signal` counts them. */
export type SyncReply =
  | { readonly type: 'listening'; readonly port: number }
  | ({ readonly type: 'snapshot' } & Snapshot)
  | { readonly type: 'failed'; readonly message: string };

export interface WorkerSetup {
  readonly secret: string;
  readonly readerSecret: string;
  /**
   * The file in which Jupyter's server notes the hosts of pages that it has let in; see access.ts. Null outside of
   * Jupyter: the worker serves the page itself.
   */
  readonly pagesFile: string | null;
  /** A port to take again after a restart of the worker; 0 lets the system pick. */
  readonly port: number;
  readonly sync: MessagePort;
  /** One Int32 that the worker increments and notifies with every SyncReply. */
  readonly signal: Int32Array;
}
