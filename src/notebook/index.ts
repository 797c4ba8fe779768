export { link, type SettingName } from './link';
export * from './open';
export { save } from './save';
export { hasScreen, openBrowser } from './browser';
export { show, showOnPage } from './show';
export { SliceView } from './slice-view';
export type { ChangeEvent, SetOptions, SwapOptions, ViewEvents, ViewOptions } from './view-options';
export type { VoxelEvent } from './voxel-event';
