export * from './open';
export { show } from './show';
export { SliceView, type ChangeEvent, type ViewOptions } from './slice-view';
