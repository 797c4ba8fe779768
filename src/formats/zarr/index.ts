export { isZarr, zarr } from './read';
export { isUrl } from './store';
