export { SliceLayer, pageRenderer, type Look } from './renderer';
