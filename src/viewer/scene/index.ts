export { SliceLayer, pageRenderer, warmUp, type Look } from './renderer';
export { BoxLayer, type BoxSlice } from './box-layer';
export { Orbit } from './orbit';
