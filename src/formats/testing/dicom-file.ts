/** DICOM files, element by element, so that one can say what no program would write. */

const EXPLICIT = '1.2.840.10008.1.2.1';

/** An element with an explicit VR, little endian. */
export function element(tag: number, vr: string, value: Uint8Array, length = value.length): Buffer {
  const isLong = ['OB', 'OD', 'OF', 'OW', 'SQ', 'UN'].includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return Buffer.concat([head, value]);
}

/** The same elements without their VRs; there are no sequences among them. */
export function withoutVrs(elements: readonly Buffer[]): Buffer {
  return Buffer.concat(
    elements.map((each) => {
      const start = /^(OB|OW|SQ|UN)$/.test(each.toString('latin1', 4, 6)) ? 12 : 8;
      const length = Buffer.alloc(4);
      length.writeUInt32LE(each.length - start);
      return Buffer.concat([each.subarray(0, 4), length, each.subarray(start)]);
    }),
  );
}

export const short = (tag: number, ...values: readonly number[]): Buffer =>
  element(tag, 'US', Buffer.from(Uint16Array.from(values).buffer));
export const text = (tag: number, vr: string, value: string): Buffer =>
  element(tag, vr, Buffer.from(value.length % 2 ? `${value}${vr === 'UI' ? '\0' : ' '}` : value));

/** A sequence of items, whose lengths are known. */
export function sequence(tag: number, ...items: readonly (readonly Buffer[])[]): Buffer {
  const all = items.map((fields) => {
    const content = Buffer.concat(fields);
    const head = Buffer.from('feff00e000000000', 'hex');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content]);
  });
  return element(tag, 'SQ', Buffer.concat(all));
}

/** The header of a file (PS3.10 7.1), which tells the transfer syntax. */
export function header(syntax = EXPLICIT, sopClass?: string): Buffer {
  const said = [...(sopClass === undefined ? [] : [text(0x00020002, 'UI', sopClass)]), text(0x00020010, 'UI', syntax)];
  const all = Buffer.concat(said);
  return Buffer.concat([element(0x00020000, 'UL', Buffer.from(Uint32Array.of(all.length).buffer)), all]);
}

/** A file with preamble, prefix and header. */
export function file(body: Uint8Array, syntax = EXPLICIT, sopClass?: string): Buffer {
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), header(syntax, sopClass), body]);
}

/** Elements of a CT of 3 × 2 values, in the order of their tags; `fields` come instead of them, or besides. */
export function slice(values: readonly number[], z: number, number: number, fields: readonly Buffer[] = []): Buffer[] {
  const all = [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    text(0x00080018, 'UI', `1.2.3.${String(number)}`),
    text(0x00080020, 'DA', '20200101'),
    text(0x00080060, 'CS', 'CT'),
    text(0x0020000e, 'UI', '1.2.3'),
    text(0x00200013, 'IS', String(number)),
    text(0x00200032, 'DS', `0\\0\\${String(z)}`),
    text(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    short(0x00280010, 2),
    short(0x00280011, 3),
    text(0x00280030, 'DS', '2\\0.5'),
    short(0x00280100, 16),
    short(0x00280101, 16),
    short(0x00280102, 15),
    short(0x00280103, 0),
    element(0x7fe00010, 'OW', Buffer.from(Uint16Array.from(values).buffer)),
  ];
  const tagOf = (each: Buffer): number => each.readUInt16LE(0) * 65_536 + each.readUInt16LE(2);
  const said = new Map([...all, ...fields].map((each) => [tagOf(each), each]));
  return [...said].sort(([one], [other]) => one - other).map(([, each]) => each);
}
