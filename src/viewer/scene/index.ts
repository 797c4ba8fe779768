export type { Look } from './materials';
export { pageRenderer, warmUp } from './renderer';
export { SliceLayer } from './slice-layer';
export { BoxLayer, type BoxSlice } from './box-layer';
export { Orbit } from './orbit';
