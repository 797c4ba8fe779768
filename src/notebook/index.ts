export { link, type SettingName } from './link';
export * from './open';
export { hasScreen, openBrowser } from './browser';
export { show, showOnPage } from './show';
export {
  SliceView,
  type ChangeEvent,
  type SetOptions,
  type SwapOptions,
  type ViewEvents,
  type ViewOptions,
} from './slice-view';
export type { VoxelEvent } from './voxel-event';
