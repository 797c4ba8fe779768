export { ThreadedReader } from './chunk-reader';
export { isZarr, zarr } from './read';
export { isUrl } from './store';
