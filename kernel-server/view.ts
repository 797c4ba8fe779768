import {
  SlicescopeError,
  slabKind,
  type LayerInfo,
  type PixelKind,
  type TileRect,
  type TileWish,
  type ViewSettings,
  type ViewState,
  type VoxelArray,
} from '../src/protocol';
import { settingsOf } from '../src/shading';
import type { OverlayLayer, Volume } from '../src/volume';
import type { Layouts } from './layouts';
import type { PublishedCopies } from './publication';
import { OverlaySource, Source } from './sources';
import type { OverlayRecord, ViewRecord } from './thread';
import type { ViewClient } from './views';

/** What tiles are cut from. */
export interface Layer extends Pick<LayerInfo, 'planes' | 'rescale'> {
  readonly kind: PixelKind;
  /** An overlay's own; null for the view's volume, whose revision is that which the client knows. */
  readonly revision: number | null;
  /** @returns a promise where the voxels have to be read, which the signal gives up */
  readonly cut: (tile: TileRect, target: VoxelArray, stop: () => AbortSignal) => Promise<void> | undefined;
}

/** One view: the volumes that it shows, its settings, and who looks at it. */
export class View {
  readonly clients: Set<ViewClient> = new Set();
  state: ViewState;
  /** The last change by the main thread that this state includes. */
  seen: number;
  readonly #layouts: Layouts;
  #base: Source;
  #memory: number;
  #overlays: readonly OverlaySource[];

  constructor(record: ViewRecord, seq: number, layouts: Layouts) {
    this.#layouts = layouts;
    this.#base = new Source(record.volume, record.published);
    this.#memory = record.memory;
    const base = this.#base.volume;
    this.#overlays = record.overlays.map((overlay) => new OverlaySource(base, overlay));
    this.state = {
      ...record.settings,
      volume: base.info(record.revision),
      overlayVolumes: record.overlays.map(({ revision }, at) => (this.#overlays[at] as OverlaySource).info(revision)),
      defaulted: record.defaulted ?? [],
      listens: record.listens ?? [],
    };
    this.seen = seq;
  }

  get settings(): ViewSettings {
    return settingsOf(this.state);
  }

  get #sources(): readonly Source[] {
    return [this.#base, ...this.#overlays];
  }

  /** Names the memory that blocks are built of; null where none are, which would be built in vain when a cell refreshes again and again. */
  get blockMemory(): number | null {
    return this.#base.isPublished ? null : this.#memory;
  }

  /** The shared memory that the view refers to. */
  get bytes(): number {
    return this.#sources.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Other volumes and other settings; who looks at the view goes on looking. */
  replace(fresh: View): void {
    this.#base = fresh.#base;
    this.#memory = fresh.#memory;
    this.#overlays = fresh.#overlays;
    this.state = fresh.state;
    this.seen = fresh.seen;
  }

  /** Another overlay in the place of one. @returns the bytes of the one before */
  setOverlay(at: number, record: OverlayRecord): number {
    const fresh = new OverlaySource(this.#base.volume, record);
    const { bytes } = this.#overlays[at] as OverlaySource;
    this.#overlays = replaced(this.#overlays, at, fresh);
    const overlayVolumes = replaced(this.state.overlayVolumes, at, fresh.info(record.revision));
    this.state = { ...this.state, overlayVolumes };
    return bytes;
  }

  /**
   * The volumes' content is new. `copies`, of the volume and of each overlay, come with the first refresh of each; the
   * overlays' revisions follow that of the volume.
   */
  refresh(revision: number, copies: readonly (PublishedCopies | undefined)[]): void {
    for (const [at, source] of this.#sources.entries()) source.publish(copies[at]);
    if (this.#base.volume.chunked) this.#base.volume.changed();
    this.state = {
      ...this.state,
      volume: this.#base.volume.info(revision),
      overlayVolumes: this.#overlays.map((overlay, at) => overlay.info(revision + 1 + at)),
    };
  }

  /** Names the content that slices are cut from at this moment; a refresh by the cell gives it another name. */
  get content(): number {
    return this.#sources.reduce((sum, { content }) => sum + content, 0);
  }

  /** Read the volume. A refreshed one does not change until `use` returns. */
  read<T>(use: (volume: Volume) => T): T {
    return this.#base.read(use);
  }

  /** Read the volume and its overlays. */
  readAll<T>(use: (volume: Volume, overlays: readonly OverlayLayer[]) => T): T {
    const readFrom = (at: number, volume: Volume, overlays: readonly OverlayLayer[]): T => {
      const overlay = this.#overlays[at];
      if (overlay === undefined) return use(volume, overlays);
      return overlay.readLayer((layer) => readFrom(at + 1, volume, [...overlays, layer]));
    };
    return this.read((volume) => readFrom(0, volume, []));
  }

  /**
   * What a tile is cut from.
   * @throws SlicescopeError `index-out-of-range`, `invalid-argument` where the view does not have it.
   */
  layerOf(wish: TileWish): Layer {
    const { volume, overlayVolumes } = this.state;
    const { layer, frame } = wish;
    const overlay = this.#overlays[layer - volume.channels];
    const info = overlayVolumes[layer - volume.channels];
    const isOverlay = overlay !== undefined && info !== undefined;
    if (layer >= volume.channels && !isOverlay) {
      const message = `slice: layer is ${String(layer)}, expected a whole number from 0 to ${String(volume.channels + overlayVolumes.length - 1)}`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'layer' });
    }
    const { frames } = volume;
    if (frame >= frames) {
      const message = `slice: frame is ${String(frame)}, expected a whole number from 0 to ${String(frames - 1)}`;
      throw new SlicescopeError('index-out-of-range', message, { index: frame, count: frames });
    }
    if (isOverlay) {
      const cut: Layer['cut'] = (tile, target) => {
        overlay.cut(wish, tile, target);
        return undefined;
      };
      const { planes, rescale } = info;
      return { planes, rescale, kind: info, revision: info.revision, cut };
    }
    const cut: Layer['cut'] = (tile, target, stop) => this.#cut(wish, tile, target, stop);
    const { planes, rescale } = volume;
    return { planes, rescale, kind: slabKind(volume, wish), revision: null, cut };
  }

  /** Cut from the volume itself. */
  #cut(wish: TileWish, tile: TileRect, target: VoxelArray, stop: () => AbortSignal): Promise<void> | undefined {
    const { plane, index, level, layer: channel, frame } = wish;
    return this.read((volume) => {
      const part = volume.at({ frame, channel });
      if (part.chunked) return part.readTile(plane, index, level, tile, wish, target, stop());
      const memory = this.blockMemory;
      const blocks = memory === null ? null : this.#layouts.of(part, memory);
      part.copySlab(plane, index, level, tile, wish, target, blocks);
      return undefined;
    });
  }
}

function replaced<T>(list: readonly T[], place: number, item: T): readonly T[] {
  return list.map((each, at) => (at === place ? item : each));
}
