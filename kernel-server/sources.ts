import { openShownChunks } from '../src/formats';
import { frameIn, type OverlayInfo, type TileRect, type TileWish, type VoxelArray } from '../src/protocol';
import { OverlayGrid, Volume, type OverlayLayer, type VolumeRecord } from '../src/volume';
import { contentOf, readFront, type PublishedCopies } from './publication';
import type { OverlayRecord } from './thread';

/** A volume as it is to be seen: in its own memory or its chunks, or as it was published last. */
export class Source {
  readonly volume: Volume;
  readonly #memory: number;
  #published: { readonly copies: PublishedCopies; readonly volumes: readonly [Volume, Volume] } | null = null;

  constructor(record: VolumeRecord, published: PublishedCopies | undefined) {
    this.volume = Volume.fromRecord(record, openShownChunks);
    this.#memory = record.data.byteLength;
    this.publish(published);
  }

  /** From here on it is seen as in these copies; they come with its first refresh. */
  publish(copies: PublishedCopies | undefined): void {
    if (copies === undefined) return;
    const [one, other] = copies.copies.map((data) => Volume.fromRecord({ ...this.volume.toRecord(), data }));
    this.#published = { copies, volumes: [one, other] as [Volume, Volume] };
  }

  get isPublished(): boolean {
    return this.#published !== null;
  }

  /** The shared memory that it refers to. */
  get bytes(): number {
    return this.#memory * (this.isPublished ? 3 : 1);
  }

  /** Names the content that is seen at this moment; a refresh by the cell gives it another name. */
  get content(): number {
    return this.#published === null ? 0 : contentOf(this.#published.copies);
  }

  /** Once it was published, what is read does not change until `use` returns. */
  read<T>(use: (volume: Volume) => T): T {
    const published = this.#published;
    if (published === null) return use(this.volume);
    return readFront(published.copies, (front) => use(published.volumes[front]));
  }
}

/** A volume that a view draws over its own. */
export class OverlaySource extends Source {
  readonly #labels: OverlayLayer['labels'];
  readonly #grid: OverlayGrid;

  constructor(base: Volume, { volume, labels, published }: OverlayRecord) {
    super(volume, published);
    this.#labels = labels;
    this.#grid = new OverlayGrid(base, { volume: this.volume, labels });
  }

  info(revision: number): OverlayInfo {
    return this.#grid.info(revision);
  }

  cut(wish: TileWish, tile: TileRect, target: VoxelArray): void {
    this.read((volume) => {
      const part = volume.at({ frame: frameIn(volume, wish.frame) });
      this.#grid.copyTile(part, wish.plane, wish.index, wish.level, tile, target);
    });
  }

  readLayer<T>(use: (layer: OverlayLayer) => T): T {
    return this.read((volume) => use({ volume, labels: this.#labels }));
  }
}
