export { isZarr, zarr } from './read';
