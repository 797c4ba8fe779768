export { BLOCK_BYTES, blockGrid, fillBlock, type BlockPlace, type BlockSource } from './blocks';
export { checkWhole } from './chunked';
export type { Chunk, ChunkReader, ChunkSource, ChunkedLevel, ChunksRecord, PartPlace, StopSignal } from './chunked';
export type { Part, SliceOptions, VolumeSlice } from './cut';
export { VOLUME_OPTIONS, limitMemory, type Description, type VolumeOptions, type VolumeRecord } from './description';
export { dtypeOf, type VoxelSource } from './dtype';
export { boxOf, overlap, voxelsToVoxels } from './affine';
export { MOST_CHARACTERS, MOST_LABELS, MOST_NAME_CHARACTERS, checkLabels, type GivenLabels } from './labels';
export { OverlayGrid, type OverlayLayer } from './overlay-grid';
export type { Slab } from './slab';
export {
  STORED_TYPES,
  bytesOf,
  collectorOf,
  halfBits,
  isDType,
  narrowed,
  type Collector,
  type StoredType,
} from './stored';
export { percentileOf, type Ordered } from './statistics';
export { Volume } from './volume';
