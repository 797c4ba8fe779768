import type { DataSet, Element } from 'dicom-parser';
import type { Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { cross, type DicomImage, type PixelLayout, type Plane } from './image';

/** Slices of a mosaic at most; scanners write up to a few hundred. */
const MOST_SLICES = 4096;
/** Fields of a CSA header, and values of a field, at most; more are taken for a broken header. */
const MOST_ITEMS = 1000;

/** Tiles of a mosaic, row by row: slices that Siemens' scanners write as one picture, as square as it can be. */
export interface Mosaic {
  readonly slices: number;
  /** In a row, and in a column. */
  readonly tiles: number;
  /** Where each next slice is, against the normal of rows and columns: 1 or −1; null where the file does not say. */
  readonly side: 1 | -1 | null;
}

/** The element of a block of private ones, by the name of its creator. */
function privateElement(dataSet: DataSet, group: string, creator: string, element: string): Element | undefined {
  for (let block = 0x10; block <= 0xff; block++) {
    const hex = block.toString(16);
    if (dataSet.string(`x${group}00${hex}`)?.trim() === creator) return dataSet.elements[`x${group}${hex}${element}`];
  }
  return undefined;
}

/**
 * The values of a field of a CSA header, as nibabel describes it
 * (nipy.org/nibabel/dicom/siemens_csa.html). Null if it has no such field.
 */
function csaValues(bytes: Uint8Array, wanted: string): readonly number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textAt = (at: number, length: number): string => {
    const text = String.fromCharCode(...bytes.subarray(at, at + length));
    const end = text.indexOf('\0');
    return (end < 0 ? text : text.slice(0, end)).trim();
  };
  const isSecond = textAt(0, 4) === 'SV10';
  let at = isSecond ? 8 : 0;
  const fields = view.getUint32(at, true);
  at += 8;
  // The first version adds this to all lengths.
  let added = 0;
  for (let field = 0; field < Math.min(fields, MOST_ITEMS); field++) {
    const name = textAt(at, 64);
    const items = view.getInt32(at + 76, true);
    if (field === 0) added = isSecond ? 0 : items;
    at += 84;
    const values: number[] = [];
    for (let item = 0; item < Math.min(items, MOST_ITEMS); item++) {
      const length = isSecond ? view.getInt32(at + 4, true) : view.getInt32(at, true) - added;
      at += 16;
      if (length < 0 || at + length > bytes.length) return null;
      const text = length <= 64 ? textAt(at, length) : '';
      if (text !== '') values.push(Number(text));
      at += 4 * Math.ceil(length / 4);
    }
    if (name === wanted) return values.length > 0 && values.every(Number.isFinite) ? values : null;
  }
  return null;
}

function csaOf(dataSet: DataSet, wanted: string): readonly number[] | null {
  const element = privateElement(dataSet, '0029', 'SIEMENS CSA HEADER', '10');
  if (element === undefined) return null;
  try {
    return csaValues(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), wanted);
  } catch (error) {
    if (error instanceof RangeError) return null; // It ends too early.
    throw error;
  }
}

/**
 * Whether a picture is a mosaic. Of several frames none is, also where ImageType says so.
 * @throws SlicescopeError `unsupported-format` for one that does not say how many slices it has; `file-corrupt`.
 */
export function mosaicOf(path: string, dataSet: DataSet, { frames, width, height }: PixelLayout): Mosaic | null {
  if (frames > 1 || dataSet.elements.x52009230 !== undefined) return null;
  const isNamed = (dataSet.string('x00080008') ?? '').split('\\').some((type) => type.trim() === 'MOSAIC');
  const own = privateElement(dataSet, '0019', 'SIEMENS MR HEADER', '0a');
  const slices = csaOf(dataSet, 'NumberOfImagesInMosaic')?.[0] ?? (own && dataSet.uint16(own.tag)) ?? 0;
  if (slices <= 1) {
    if (!isNamed || slices === 1) return null;
    throw unsupported(
      path,
      'a mosaic of slices (ImageType) that does not say how many there are (NumberOfImagesInMosaic); its private elements were removed, so use the original file',
    );
  }
  if (slices > MOST_SLICES) {
    const what = `${String(slices)} slices (NumberOfImagesInMosaic), of at most ${String(MOST_SLICES)}`;
    throw corrupt(path, `its header says that it is a mosaic of ${what}`);
  }
  const tiles = Math.ceil(Math.sqrt(slices));
  if (!Number.isInteger(slices) || width % tiles !== 0 || height % tiles !== 0) {
    const what = `${String(slices)} slices (NumberOfImagesInMosaic) in ${String(width)} × ${String(height)} pixels`;
    throw corrupt(
      path,
      `its header says that it is a mosaic of ${what}, which are no ${String(tiles)} × ${String(tiles)} tiles`,
    );
  }
  return { slices, tiles, side: sideOf(dataSet) };
}

function sideOf(dataSet: DataSet): 1 | -1 | null {
  const said = csaOf(dataSet, 'SliceNormalVector');
  const orientation = (dataSet.string('x00200037') ?? '').split('\\').map(Number);
  if (said?.length !== 3 || orientation.length !== 6) return null;
  const normal = cross(orientation.slice(0, 3), orientation.slice(3));
  const along = normal.reduce((sum, each, axis) => sum + each * (said[axis] as number), 0);
  return Math.abs(along) < 0.5 ? null : along > 0 ? 1 : -1;
}

/** The layout of one slice of a mosaic. Slices are treated as frames. */
export function tileLayout(sheet: PixelLayout, { slices, tiles }: Mosaic): PixelLayout {
  return { ...sheet, width: sheet.width / tiles, height: sheet.height / tiles, frames: slices };
}

/**
 * The slices of a mosaic. The file's position is that of the first pixel of the whole picture, if the
 * picture had its middle where the first slice has it (nipy.org/nibabel/dicom/dicom_mosaic.html).
 * @param sheet the plane that the file's header describes.
 * @throws SlicescopeError `unsupported-format` if the file does not say where the slices are.
 */
export function tilesOf(image: DicomImage, sheet: Plane, { slices, tiles, side }: Mosaic): readonly Plane[] {
  const { position, orientation, pixelSpacing } = sheet;
  const { path, layout, sliceSpacing } = image;
  if (position === null || orientation === null || pixelSpacing === null || sliceSpacing === null) {
    throw unsupported(
      path,
      'a mosaic of slices without ImagePositionPatient, ImageOrientationPatient, PixelSpacing or a distance of slices (SpacingBetweenSlices)',
    );
  }
  const [row, column] = [orientation.slice(0, 3), orientation.slice(3)];
  const normal = cross(row, column);
  const right = (((tiles - 1) * layout.width) / 2) * pixelSpacing[1];
  const down = (((tiles - 1) * layout.height) / 2) * pixelSpacing[0];
  return Array.from({ length: slices }, (_, frame) => {
    const place = position.map(
      (at, axis) =>
        at +
        right * (row[axis] as number) +
        down * (column[axis] as number) +
        frame * sliceSpacing * (side ?? 1) * (normal[axis] as number),
    ) as unknown as Triple;
    return { ...sheet, frame, position: place };
  });
}

/** Cut a slice out of a mosaic's pixels. */
export function cutTile(
  sheet: Buffer,
  { width, height, samples, bitsAllocated }: PixelLayout,
  { tiles }: Mosaic,
  slice: number,
  target: Buffer,
): void {
  const line = width * samples * Math.ceil(bitsAllocated / 8);
  const start = (Math.floor(slice / tiles) * height * tiles + (slice % tiles)) * line;
  for (let y = 0; y < height; y++) {
    const from = start + y * tiles * line;
    sheet.copy(target, y * line, from, from + line);
  }
}
