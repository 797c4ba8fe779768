import { inflateRawSync } from 'node:zlib';
import {
  ByteStream,
  DataSet,
  bigEndianByteArrayParser,
  littleEndianByteArrayParser,
  parseDicomDataSetExplicit,
  parseDicomDataSetImplicit,
  readDicomElementExplicit,
  readPart10Header,
} from 'dicom-parser';
import { bareKind, hasPrefix } from './prefix';
import type { Encoding } from './walk';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

/**
 * Value representations that dicom-parser does not know. Their lengths have 32 bits (PS3.5 7.1.2); it
 * would read 16 bits, and lose its place.
 */
const YOUNG = new Set(['OV', 'SV', 'UV']);

class Elements extends ByteStream {
  constructor(bytes: Uint8Array, position: number, transferSyntax: string) {
    const parser = transferSyntax === BIG_ENDIAN ? bigEndianByteArrayParser : littleEndianByteArrayParser;
    super(parser, bytes, position);
    const readString = this.readFixedString.bind(this);
    this.readFixedString = (length) => {
      const text = readString(length);
      return YOUNG.has(text) ? 'UN' : text;
    };
  }
}

/** What a deflated file may unpack to whatever its size, in bytes; beyond, to so many times its size. */
const ANY_BYTES = 2 ** 24;
const MOST_TIMES = 20;

/** With what is before its elements, which is not packed. */
function inflate(packed: Uint8Array, position: number): Uint8Array {
  const maxOutputLength = Math.max(ANY_BYTES, MOST_TIMES * packed.length);
  const inflated = inflateRawSync(packed.subarray(position), { maxOutputLength });
  return Buffer.concat([packed.subarray(0, position), inflated]);
}

export function encodingOf(transferSyntax: string): Encoding {
  return { explicit: transferSyntax !== IMPLICIT, littleEndian: transferSyntax !== BIG_ENDIAN };
}

/** The elements of a file. */
export interface ReadElements {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** The unpacked file, if it was deflated. */
  readonly unpacked: Uint8Array | null;
}

/** What comes before a file's data: its header (PS3.10 7.1), which says how the data lies, and where that begins. */
interface Meta {
  readonly elements: DataSet['elements'];
  readonly transferSyntax: string;
  /** MediaStorageSOPClassUID; undefined where it is not said. */
  readonly sopClass?: string | undefined;
  readonly position: number;
}

function metaOf(bytes: Uint8Array): Meta {
  const bare = hasPrefix(bytes) ? null : bareKind(bytes);
  if (bare === 'explicit' || bare === 'implicit') {
    return { elements: {}, transferSyntax: bare === 'explicit' ? EXPLICIT : IMPLICIT, position: 0 };
  }
  const meta = bare === null ? readPart10Header(bytes) : bareHeader(bytes);
  const transferSyntax = meta.string('x00020010') ?? '';
  if (transferSyntax === '') throw new Error('missing the transfer syntax (0002,0010)');
  return { elements: meta.elements, transferSyntax, sopClass: meta.string('x00020002'), position: meta.position };
}

/** The header of a file without a preamble, as `readPart10Header` has it of others. */
function bareHeader(bytes: Uint8Array): DataSet {
  const stream = new ByteStream(littleEndianByteArrayParser, bytes, 0);
  const meta = new DataSet(littleEndianByteArrayParser, bytes, {});
  let { position } = stream;
  for (; position < bytes.length; position = stream.position) {
    const element = readDicomElementExplicit(stream, meta.warnings);
    if (element.tag > 'x0002ffff') break;
    meta.elements[element.tag] = { ...element, parser: littleEndianByteArrayParser };
  }
  return Object.assign(meta, { position });
}

/**
 * The elements of a file, as `parseDicom` of dicom-parser has them, and those of newer value representations.
 * @param whole whether `bytes` are all of the file.
 * @param lastTag says which tag is the last one that is read, of a file with objects of a class.
 * @throws an Error or, of dicom-parser, a string.
 */
export function parseElements(
  bytes: Uint8Array,
  whole: boolean,
  lastTag?: (sopClass: string | undefined) => string,
): ReadElements {
  const meta = metaOf(bytes);
  const { transferSyntax } = meta;
  const isDeflated = transferSyntax === DEFLATED;
  if (isDeflated && !whole) throw new Error('more bytes are needed');
  const unpacked = isDeflated ? inflate(bytes, meta.position) : null;
  const stream = new Elements(unpacked ?? bytes, meta.position, transferSyntax);
  const dataSet = new DataSet(stream.byteArrayParser, stream.byteArray, {});
  dataSet.warnings = stream.warnings;
  const options = lastTag && { untilTag: lastTag(meta.sopClass) };
  if (transferSyntax === IMPLICIT) parseDicomDataSetImplicit(dataSet, stream, stream.byteArray.length, options);
  else parseDicomDataSetExplicit(dataSet, stream, stream.byteArray.length, options);
  Object.assign(dataSet.elements, meta.elements);
  return { dataSet, transferSyntax, unpacked };
}
