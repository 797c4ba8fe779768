import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { LRUCache } from 'lru-cache';
import { ARRAY_OF, type VoxelArray } from '../src/protocol';
import { BLOCK_BYTES, blockGrid, fillBlock, type BlockPlace, type BlockSource, type Volume } from '../src/volume';

/** The part of the machine's memory, or of what the process may have of it, that all blocks together may take. */
const MEMORY_SHARE = 1 / 8;

/** Blocks that are built in one step, in a few milliseconds; what is asked for meanwhile waits so long. */
const BLOCKS_A_STEP = 4;

interface Wanted {
  readonly key: string;
  readonly memory: number;
  readonly volume: Volume;
  readonly place: BlockPlace;
}

/**
 * The second layouts of volumes (src/volume/blocks.ts), as far as they are worth having: the blocks that
 * slices were wished from, and the ones beside them. A slice that is wished for now waits for no block; it is cut
 * from the volume, and its blocks are built afterwards, a few at a time, what was wished for last first. So nothing is built
 * for views that stay in xy. Beyond the budget the blocks that were not used for longest are dropped.
 *
 * Blocks belong to a volume's memory, and all views of it share them. What is built is let go of when a view is given the volume,
 * because the memory may have been written into since; a volume that was refreshed has none.
 */
export class Layouts {
  readonly #blocks: LRUCache<string, VoxelArray>;
  readonly #later: (step: () => void) => void;
  readonly #mostWanted: number;
  #wanted: Wanted[] = [];
  #isAtWork = false;

  /**
   * @param budgetBytes of all blocks together.
   * @param later runs a step when the requests that are there have been answered.
   */
  constructor(
    budgetBytes: number = Math.min(totalmem(), constrainedMemory() || Infinity) * MEMORY_SHARE,
    later: (step: () => void) => void = setImmediate,
  ) {
    this.#blocks = new LRUCache({
      maxSize: Math.max(1, Math.floor(budgetBytes)),
      sizeCalculation: (block) => block.byteLength,
    });
    this.#later = later;
    this.#mostWanted = Math.ceil(budgetBytes / 2 / BLOCK_BYTES);
  }

  /** Bytes of all blocks. */
  get bytes(): number {
    return this.#blocks.calculatedSize;
  }

  /**
   * The blocks of a 3D volume, for `Volume.copyTile`.
   * @param memory names the memory that it lies in, of which it may be a part.
   */
  of(volume: Volume, memory: number): BlockSource {
    const { shape, components, data, dtype } = volume;
    // What is made of one memory is told by where it begins in there, and how its values lie.
    const source = [memory, data.byteOffset, dtype, components, ...shape].join(' ');
    return {
      blockAt: (place, index) => {
        const block = this.#blocks.get(keyOf(source, place));
        if (block === undefined) {
          this.#want(volume, memory, source, place);
        } else {
          // The hand is on its way to the next slab: have it there in time.
          const { slices, slabs } = blockGrid(shape, components, data.BYTES_PER_ELEMENT, place.plane);
          const slab = place.slab + (index % slices < slices / 2 ? -1 : 1);
          if (slab >= 0 && slab < slabs) this.#want(volume, memory, source, { ...place, slab });
        }
        return block;
      },
    };
  }

  /** Let go of the blocks of memories, by their names. */
  keepOnly(isKept: (memory: number) => boolean): void {
    this.#wanted = this.#wanted.filter(({ memory }) => isKept(memory));
    for (const key of [...this.#blocks.keys()]) {
      if (!isKept(Number.parseInt(key, 10))) this.#blocks.delete(key);
    }
  }

  #want(volume: Volume, memory: number, source: string, place: BlockPlace): void {
    const key = keyOf(source, place);
    if (this.#blocks.has(key)) return;
    this.#wanted.push({ key, memory, volume, place });
    // What was wanted long ago would only push out what was wanted since.
    if (this.#wanted.length > 2 * this.#mostWanted) this.#wanted = this.#wanted.slice(-this.#mostWanted);
    this.#work();
  }

  #work(): void {
    if (this.#isAtWork || this.#wanted.length === 0) return;
    this.#isAtWork = true;
    this.#later(() => {
      this.#isAtWork = false;
      for (let count = 0; count < BLOCKS_A_STEP; count++) this.#build();
      this.#work();
    });
  }

  /** Build one block. */
  #build(): void {
    for (let next = this.#wanted.pop(); next !== undefined; next = this.#wanted.pop()) {
      const { key, volume, place } = next;
      if (this.#blocks.has(key)) continue; // Wanted more than once.
      const { shape, components, data, dtype } = volume;
      const { lengthOf } = blockGrid(shape, components, data.BYTES_PER_ELEMENT, place.plane);
      const block = new ARRAY_OF[dtype](lengthOf(place));
      fillBlock(block, place, volume);
      this.#blocks.set(key, block);
      return;
    }
  }
}

function keyOf(source: string, { plane, slab, band }: BlockPlace): string {
  return `${source} ${plane} ${String(slab)} ${String(band)}`;
}
