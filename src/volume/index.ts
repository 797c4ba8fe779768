export { BLOCK_BYTES, blockGrid, fillBlock, type BlockPlace, type BlockSource } from './blocks';
export type { Part, SliceOptions, VolumeSlice } from './cut';
export type { VolumeOptions, VolumeRecord } from './description';
export type { VoxelSource } from './dtype';
export { boxOf, overlap } from './affine';
export { OverlayGrid, type Labels, type OverlayLayer } from './overlay-grid';
export type { Slab } from './slab';
export { percentileOf, type Ordered } from './statistics';
export { Volume } from './volume';
