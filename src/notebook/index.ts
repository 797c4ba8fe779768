export * from './open';
export { show } from './show';
export { SliceView, type ChangeEvent, type SetOptions, type ViewOptions } from './slice-view';
