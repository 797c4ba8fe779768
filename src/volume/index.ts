export { BLOCK_BYTES, blockGrid, fillBlock, type BlockPlace, type BlockSource } from './blocks';
export type { VolumeOptions, VolumeRecord } from './description';
export type { VoxelSource } from './dtype';
export { Volume, type Part, type VolumeSlice } from './volume';
