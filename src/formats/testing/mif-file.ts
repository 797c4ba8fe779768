/** MRtrix images for the tests, written as the format's description says. */
export interface MifFields {
  /** Sizes of the image's axes. */
  readonly dim: readonly number[];
  /** Signs and ranks, such as `-0,-1,+2`. */
  readonly layout: string;
  readonly vox?: string;
  readonly datatype?: string;
  /** More lines of the header, or other ones; a list is a line for each. */
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Where the voxel at `index` lies among the values. `layout` is the format's own: each axis' sign and
 * its rank.
 */
function placeOf(index: readonly number[], { dim, layout }: MifFields): number {
  const ways = layout.split(',').map((each) => ({ rank: Math.abs(Number(each)), isBack: each.trim().startsWith('-') }));
  let [place, stride] = [0, 1];
  for (let rank = 0; rank < dim.length; rank++) {
    const axis = ways.findIndex((way) => way.rank === rank);
    const [at, size, isBack] = [index[axis] ?? 0, dim[axis] ?? 1, ways[axis]?.isBack ?? false];
    place += stride * (isBack ? size - 1 - at : at);
    stride *= size;
  }
  return place;
}

/** All indices of an image. */
export function indicesOf(dim: readonly number[]): readonly (readonly number[])[] {
  return dim.reduce<readonly (readonly number[])[]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, at) => [...index, at])),
    [[]],
  );
}

/** The text of a header; `file` has to be among the fields. */
export function mifHeader({ dim, layout, vox, datatype = 'Int16LE', fields = {} }: MifFields): string {
  const all = { dim: dim.join(','), vox: vox ?? dim.map(() => '1').join(','), layout, datatype, ...fields };
  const lines = Object.entries(all).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`));
  return `mrtrix image\n${lines.join('\n')}\nEND\n`;
}

/** The values, two bytes each, in the order of the layout. */
export function mifValues(image: MifFields, valueAt: (index: readonly number[]) => number): Buffer {
  const indices = indicesOf(image.dim);
  const bytes = Buffer.alloc(2 * indices.length);
  const isBig = image.datatype?.endsWith('BE') ?? false;
  for (const index of indices) {
    const at = 2 * placeOf(index, image);
    if (isBig) bytes.writeInt16BE(valueAt(index), at);
    else bytes.writeInt16LE(valueAt(index), at);
  }
  return bytes;
}

/** A .mif of 16-bit integers, whose values begin at byte 1024. */
export function mifFile(image: MifFields, values: Uint8Array): Buffer {
  const text = mifHeader({ ...image, fields: { file: '. 1024', ...image.fields } });
  return Buffer.concat([Buffer.from(text.padEnd(1024, '\0'), 'latin1'), values]);
}
