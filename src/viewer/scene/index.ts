export { SliceLayer, pageRenderer, warmUp, type Look } from './renderer';
