/** How files of other kinds begin, so that an error can say what was given instead. */
const SIGNATURES: readonly (readonly [what: string, offset: number, text: string])[] = [
  ['DICOM', 128, 'DICM'],
  ['NRRD', 0, 'NRRD'],
  ['MetaImage', 0, 'ObjectType'],
  ['MetaImage', 0, 'NDims'],
  ['HDF5', 0, '\x89HDF'],
  ['NetCDF, as MINC 1 is: mincconvert -2 makes MINC 2 of it', 0, 'CDF'],
  ['PNG', 0, '\x89PNG'],
  ['JPEG', 0, '\xff\xd8\xff'],
  ['GIF', 0, 'GIF8'],
  ['SVG', 0, '<svg'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['zip', 0, 'PK\x03\x04'],
  ['gzip', 0, '\x1f\x8b'],
  ['NumPy', 0, '\x93NUMPY'],
];

/** What a file seems to be by its first bytes: a few words for the middle of a sentence. */
export function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  for (const [what, offset, text] of SIGNATURES) {
    if (String.fromCharCode(...bytes.subarray(offset, offset + text.length)) === text) return `it looks like ${what}`;
  }
  const first = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'));
  return `it begins with the bytes ${first.join(' ')}`;
}
