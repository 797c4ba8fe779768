import { fileHeader, type FileHeader } from '../file-header';
import { openImage } from './image';

/** What an image says of itself and of each level, by the names that OME-Zarr has. */
export async function headerOf(location: string, series?: string): Promise<FileHeader> {
  const { name, axes, levels, arrays } = await openImage(location, series);
  const dimensions = axes.map(({ dimension }) => dimension);
  return fileHeader([
    ['name', name],
    ['axes', axes.map(({ dimension, unit }) => (unit === null ? dimension : `${dimension} (${unit})`)).join(', ')],
    ...levels.flatMap(({ path, scale, translation }, at) => {
      const { sizes, chunk, dtype } = arrays[at] as (typeof arrays)[number];
      const label = path === '' ? 'array' : path;
      return [
        [`${label} shape`, dimensions.map((each) => sizes[each])],
        [`${label} chunks`, dimensions.map((each) => chunk[each])],
        [`${label} data_type`, dtype],
        [`${label} scale`, scale],
        [`${label} translation`, translation],
      ] as [string, unknown][];
    }),
  ]);
}
