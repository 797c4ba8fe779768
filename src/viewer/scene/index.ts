export type { Look } from './materials';
export { pageRenderer, warmUp } from './renderer';
export { SliceLayer } from './slice-layer';
