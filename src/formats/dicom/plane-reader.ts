import type { VoxelArray } from '../../protocol';
import { bytesIn } from '../format';
import { Frames } from './frames';
import { asStored, type DicomImage, type Plane } from './image';
import { cutTile } from './mosaic';

/** Files that are open at once: two, because planes are compared and mixed with each other. */
const MOST_OPEN = 2;

/** Reads planes of any files, each as it is stored. A file stays open while its planes follow each other. */
export class PlaneReader {
  readonly #open: Map<DicomImage, Frames> = new Map();
  /** The last mosaic that was read. */
  #sheet: { readonly image: DicomImage; readonly pixels: Buffer } | null = null;

  /**
   * @param target exactly as large as the plane.
   * @throws SlicescopeError `unsupported-format`, `file-corrupt`, `file-unreadable`.
   */
  async read({ image, frame }: Plane, target: VoxelArray): Promise<void> {
    const { mosaic, layout } = image;
    if (mosaic === null) {
      await this.#read(image, frame, bytesIn(target));
      return;
    }
    if (this.#sheet?.image !== image) {
      const { width, height, samples, bitsAllocated } = mosaic.sheet;
      const pixels = Buffer.alloc(width * height * samples * Math.ceil(bitsAllocated / 8));
      await this.#read(image, 0, pixels);
      this.#sheet = { image, pixels };
    }
    cutTile(this.#sheet.pixels, layout, mosaic, frame, bytesIn(target));
  }

  async #read(image: DicomImage, frame: number, target: Buffer): Promise<void> {
    const frames = this.#open.get(image) ?? (await Frames.open(asStored(image)));
    this.#open.delete(image);
    this.#open.set(image, frames);
    for (const [other, unused] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(other);
      await unused.close();
    }
    await frames.read(frame, target);
  }

  async close(): Promise<void> {
    for (const frames of this.#open.values()) await frames.close();
    this.#open.clear();
  }
}
