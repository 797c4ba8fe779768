import { LRUCache } from 'lru-cache';
import type { Plane, VoxelArray } from '../protocol';

/** One whole slice, as the companion cut it. */
export interface Slice {
  readonly revision: number;
  readonly plane: Plane;
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly data: VoxelArray;
}

/** Where a slice stands in the cache. Revisions count anew in every run of a companion: its instance is part of it. */
export function sliceKey(instance: string, revision: number, plane: Plane, index: number): string {
  return `${instance}/${String(revision)}/${plane}/${String(index)}`;
}

const PAGE_BYTES = 256 * 1024 * 1024;

/** The slices of all views of a page, least recently used ones out first. */
export const sliceCache: LRUCache<string, Slice> = new LRUCache<string, Slice>({
  maxSize: PAGE_BYTES,
  sizeCalculation: (slice) => slice.data.byteLength,
});
