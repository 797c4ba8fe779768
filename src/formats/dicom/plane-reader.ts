import type { VoxelArray } from '../../protocol';
import { bytesIn } from '../format';
import { Frames } from './frames';
import type { DicomImage, Plane } from './image';

/** Files that are open at once: two, because planes are compared and mixed with each other. */
const MOST_OPEN = 2;

/** Reads planes of any files, each as it is stored. A file stays open while its planes follow each other. */
export class PlaneReader {
  readonly #open: Map<DicomImage, Frames> = new Map();

  /**
   * @param target exactly as large as the plane.
   * @throws SlicescopeError `unsupported-format`, `file-corrupt`, `file-unreadable`.
   */
  async read({ image, frame }: Plane, target: VoxelArray): Promise<void> {
    const frames = this.#open.get(image) ?? (await Frames.open(image));
    this.#open.delete(image);
    this.#open.set(image, frames);
    for (const [other, unused] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(other);
      await unused.close();
    }
    await frames.read(frame, bytesIn(target));
  }

  async close(): Promise<void> {
    for (const frames of this.#open.values()) await frames.close();
    this.#open.clear();
  }
}
