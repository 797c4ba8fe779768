/** Headers in words: NRRD, MetaImage, MRtrix, AFNI and NumPy. */
import { gzipSync, deflateSync } from 'node:zlib';
import { afniHeader } from '../hostile-brain';
import { metaFile, npyFile, nrrdFile } from '../hostile-files';
import { mifFile, mifHeader } from '../mif-file';
import { bytesOf, casesOf, type Files, type Said, type TableCases } from './cases';

const BYTES = Uint8Array.from({ length: 24 }, (_, i) => 3 + 7 * i);
const ALL = Array.from(BYTES);
const WIDE = new Int16Array(Uint8Array.from(BYTES).buffer);
/** The same in the other order of bytes. */
const swapped = (): number[] => Array.from({ length: 12 }, (_, i) => Buffer.from(BYTES).readInt16BE(2 * i));

/** Fields that are left alone, each with a value. */
function ignored(
  base: (fields: Readonly<Record<string, string>>) => Files,
  fields: Readonly<Record<string, string>>,
): Said {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [[base({ [name]: value }), {}]]]));
}

type Fields = Readonly<Record<string, string>>;

const SPACE = {
  space: 'left-posterior-superior',
  'space directions': '(2,0,0) (0,3,0) (0,0,4)',
  'space origin': '(5,6,7)',
};
const nrrd = (fields: Fields, bytes: Uint8Array = BYTES): Files => ({
  'a.nrrd': nrrdFile(fields, Uint8Array.from(bytes)),
});
const placed = (fields: Fields): Files => nrrd({ ...SPACE, ...fields });
const PLACED = placed({});
const apart = (fields: Fields): Files => nrrd({ spacings: '2 3 4', ...fields });
const APART = apart({});
const VECTOR = {
  dimension: '4',
  sizes: '2 2 3 2',
  kinds: 'vector domain domain domain',
  ...SPACE,
  'space directions': `none ${SPACE['space directions']}`,
};
const TIMED = {
  dimension: '4',
  sizes: '2 3 2 2',
  spacings: '1 2 3 250',
  units: '"mm" "mm" "mm" "ms"',
  'axis mins': 'nan nan nan 10',
};
/** With pairs of keys and values behind the first field. */
const segment = (name: string, value: number): Files =>
  placed({ content: `x\nSegment0_Name:=${name}\nSegment0_LabelValue:=${String(value)}` });
const shortNrrd = { type: 'short', sizes: '1 3 4', endian: 'little' };

export const NRRD: TableCases = {
  title: 'NRRD',
  cases: casesOf(PLACED, {
    dimension: [[nrrd({ dimension: '2', sizes: '4 6' }), { shape: [4, 6, 1] }, nrrd({})]],
    sizes: [[placed({ sizes: '4 3 2' }), { shape: [4, 3, 2] }]],
    type: [
      [placed({ type: 'signed char' }), { dtype: 'int8', data: Array.from(Int8Array.from(BYTES)) }],
      [placed({ type: 'block', 'block size': '1' }), 'it holds values of type "block"'],
    ],
    'block size': [[placed({ 'block size': '8' }), {}]],
    encoding: [
      [nrrd({ ...SPACE, encoding: 'gzip' }, gzipSync(BYTES)), {}],
      [placed({ encoding: 'hex' }), 'its encoding is "hex"'],
      [nrrd({ ...SPACE, encoding: 'gzip' }, gzipSync(Uint8Array.from(BYTES).reverse())), { data: [...ALL].reverse() }],
    ],
    endian: [
      [nrrd({ ...shortNrrd, endian: 'big' }), { data: swapped() }, nrrd(shortNrrd)],
      [nrrd({ ...shortNrrd, endian: 'middle' }), 'endian', nrrd(shortNrrd)],
    ],
    'data file': [
      [
        { ...placed({ 'data file': 'a.raw' }), 'a.raw': Uint8Array.from(BYTES).reverse() },
        { data: [...ALL].reverse() },
      ],
    ],
    'line skip': [[placed({ 'line skip': '1' }), 'it skips lines (line skip)']],
    'byte skip': [
      [
        nrrd({ 'byte skip': '1' }, Buffer.concat([BYTES, Uint8Array.of(9)])),
        { data: [...ALL.slice(1), 9] },
        nrrd({}, Buffer.concat([BYTES, Uint8Array.of(9)])),
      ],
    ],
    space: [
      [placed({ space: 'right-anterior-superior' }), { origin: [-5, -6, 7], direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1] }],
      [placed({ space: '3D-right-handed' }), { direction: null, unit: 'px' }],
    ],
    'space dimension': [
      [
        nrrd({ 'space dimension': '3', 'space directions': SPACE['space directions'] }),
        { spacing: [2, 3, 4] },
        nrrd({ 'space dimension': '3' }),
      ],
      [placed({ 'space dimension': '3' }), {}],
    ],
    'space directions': [
      [placed({ 'space directions': '(0,2,0) (3,0,0) (0,0,4)' }), { direction: [0, 1, 0, 1, 0, 0, 0, 0, 1] }],
    ],
    'space origin': [
      [placed({ 'space origin': '(1,2,3)' }), { origin: [1, 2, 3] }],
      [apart({ 'space dimension': '3', 'space origin': '(1,2,3)' }), { origin: [1, 2, 3] }, APART],
    ],
    'space units': [
      [placed({ 'space units': '"um" "um" "um"' }), { unit: 'µm' }],
      [placed({ 'space units': '"mm" "mm" "um"' }), 'space units'],
    ],
    'measurement frame': [
      [placed({ 'measurement frame': '(0,1,0) (1,0,0) (0,0,1)' }), {}],
      [nrrd({ ...VECTOR, 'measurement frame': '(0,1,0) (1,0,0) (0,0,1)' }), '(measurement frame)', nrrd(VECTOR)],
    ],
    kinds: [[nrrd({ ...VECTOR, kinds: 'list domain domain domain' }), { channels: 1, frames: 2 }, nrrd(VECTOR)]],
    spacings: [[apart({ spacings: '1 2 3' }), { spacing: [1, 2, 3] }, APART]],
    'axis mins': [
      [apart({ 'axis mins': '10 20 30' }), { origin: [11, 21.5, 32] }, APART],
      [nrrd({ ...TIMED, 'axis mins': 'nan nan nan 20' }), { frameTimes: [0.02, 0.27] }, nrrd(TIMED)],
    ],
    'axis maxs': [
      [nrrd({ 'axis mins': '0 0 0', 'axis maxs': '8 6 4' }), { spacing: [4, 2, 1], origin: [2, 1, 0.5] }, nrrd({})],
      [apart({ 'axis maxs': '8 6 4' }), {}, APART],
    ],
    centers: [
      [
        apart({ 'axis mins': '10 20 30', centers: 'node node node' }),
        { origin: [10, 20, 30] },
        apart({ 'axis mins': '10 20 30' }),
      ],
    ],
    labels: [[placed({ labels: '"theta" "r" "depth"' }), { axes: ['theta', 'r', 'depth'] }]],
    units: [
      [apart({ units: '"um" "um" "um"' }), { unit: 'µm' }, APART],
      [apart({ units: '"um" "nm" "mm"' }), { unit: 'µm', spacing: [2, 0.003, 4000] }, APART],
      [nrrd({ ...TIMED, units: '"mm" "mm" "mm" "s"' }), { frameTimes: [10, 260] }, nrrd(TIMED)],
    ],
    SegmentN_LabelValue: [[segment('liver', 7), { labels: { 7: 'liver' } }, segment('liver', 3)]],
    SegmentN_Name: [[segment('spleen', 3), { labels: { 3: 'spleen' } }, segment('liver', 3)]],
    'key/value pairs': [[placed({ content: 'x\nanything:=else' }), {}]],
    ...ignored(placed, {
      ...{ content: 'a head', number: '24', min: '1', max: '9', 'old min': '-5', 'old max': '5', thicknesses: '1 1 1' },
      ...{ 'sample units': '"HU"' },
    }),
  }),
};

const META = { ElementSpacing: '2 3 4', Offset: '5 6 7', TransformMatrix: '1 0 0 0 1 0 0 0 1', DistanceUnits: 'mm' };
const meta = (fields: Fields, bytes: Uint8Array = BYTES): Files => ({
  'a.mha': metaFile({ ...META, ...fields }, Uint8Array.from(bytes)),
});
const METAIMAGE_BASE = meta({});
const bare = (fields: Fields): Files => ({ 'a.mha': metaFile(fields, BYTES) });
const BARE = bare({});
const ROTATED = '0 1 0 1 0 0 0 0 1';
const shortMeta = { ElementType: 'MET_SHORT', DimSize: '1 3 4' };

export const METAIMAGE: TableCases = {
  title: 'MetaImage',
  cases: casesOf(METAIMAGE_BASE, {
    NDims: [[bare({ NDims: '2', DimSize: '4 6' }), { shape: [4, 6, 1] }, BARE]],
    DimSize: [[meta({ DimSize: '4 3 2' }), { shape: [4, 3, 2] }]],
    ElementType: [
      [meta({ ElementType: 'MET_CHAR' }), { dtype: 'int8', data: Array.from(Int8Array.from(BYTES)) }],
      [meta({ ElementType: 'MET_STRING' }), 'it holds values of type "MET_STRING"'],
    ],
    ElementNumberOfChannels: [
      [
        meta({ ElementNumberOfChannels: '2', DimSize: '2 3 2' }),
        {
          shape: [2, 3, 2],
          channels: 2,
          data: [...ALL.filter((_, i) => i % 2 === 0), ...ALL.filter((_, i) => i % 2 === 1)],
        },
      ],
    ],
    ElementToIntensityFunctionSlope: [
      [meta({ ElementToIntensityFunctionSlope: '2' }), { rescale: { slope: 2, intercept: 0 } }],
    ],
    ElementToIntensityFunctionOffset: [
      [meta({ ElementToIntensityFunctionOffset: '-7' }), { rescale: { slope: 1, intercept: -7 } }],
    ],
    ElementSpacing: [[meta({ ElementSpacing: '1 2 3' }), { spacing: [1, 2, 3] }]],
    ElementSize: [
      [bare({ ElementSize: '1 2 3' }), { spacing: [1, 2, 3], unit: 'mm' }, BARE],
      [meta({ ElementSize: '1 2 3' }), {}],
    ],
    ...Object.fromEntries(
      ['Offset', 'Position', 'Origin'].map((name) => [
        name,
        [[bare({ [name]: '1 2 3' }), { origin: [1, 2, 3] }, BARE]],
      ]),
    ),
    ...Object.fromEntries(
      ['TransformMatrix', 'Orientation', 'Rotation'].map((name) => [
        name,
        [[bare({ [name]: ROTATED }), { direction: [0, 1, 0, 1, 0, 0, 0, 0, 1], unit: 'mm' }, BARE]],
      ]),
    ),
    DistanceUnits: [[meta({ DistanceUnits: 'um' }), { unit: 'µm' }]],
    BinaryData: [
      [meta({ BinaryData: 'False' }, Buffer.from([...ALL].reverse().join(' '))), { data: [...ALL].reverse() }],
    ],
    ...Object.fromEntries(
      ['BinaryDataByteOrderMSB', 'ElementByteOrderMSB'].map((name) => [
        name,
        [[meta({ ...shortMeta, [name]: 'True' }), { data: swapped() }, meta(shortMeta)]],
      ]),
    ),
    CompressedData: [
      [meta({ CompressedData: 'True' }, deflateSync(Uint8Array.from(BYTES).reverse())), { data: [...ALL].reverse() }],
    ],
    HeaderSize: [
      [
        meta({ HeaderSize: '-1' }, Buffer.concat([Uint8Array.of(9), BYTES])),
        { data: ALL },
        meta({}, Buffer.concat([Uint8Array.of(9), BYTES])),
      ],
    ],
    HeaderSizePerSlice: [
      [meta({ HeaderSizePerSlice: '1' }), '(HeaderSizePerSlice)'],
      [meta({ HeaderSizePerSlice: '0' }), {}],
    ],
    HeaderSizesPerDataFile: [[meta({ HeaderSizesPerDataFile: '1' }), '(HeaderSizesPerDataFile)']],
    ElementDataFile: [
      [
        { ...meta({ ElementDataFile: 'a.raw' }), 'a.raw': Uint8Array.from(BYTES).reverse() },
        { data: [...ALL].reverse() },
      ],
      [meta({ ElementDataFile: 'LIST' }), 'its values are in several files'],
    ],
    ...ignored(meta, {
      ...{
        ObjectType: 'Image',
        ObjectSubType: 'x',
        TransformType: 'Rigid',
        Comment: 'x',
        Name: 'x',
        ID: '3',
        ParentID: '4',
      },
      ...{
        CompressedDataSize: '5',
        CompressionLevel: '2',
        Color: '1 0 0 1',
        CenterOfRotation: '9 9 9',
        AnatomicalOrientation: 'LPS',
      },
      ...{ Modality: 'MET_MOD_CT', SequenceID: '1 2 3 4', CreationDate: '20200101', AcquisitionDate: '20200101' },
      ...{ ElementMin: '5', ElementMax: '9', Kinds: 'domain domain domain' },
    }),
  }),
};

const TRANSFORM = ['1,0,0,10', '0,1,0,20', '0,0,1,30'];
const mifOf = (more: Partial<Parameters<typeof mifFile>[0]> = {}, bytes: Uint8Array = BYTES): Files => ({
  'a.mif': mifFile(
    {
      dim: [2, 3, 4],
      layout: '+0,+1,+2',
      vox: '2,3,4',
      datatype: 'UInt8',
      ...more,
      fields: { transform: TRANSFORM, ...more.fields },
    },
    bytes,
  ),
});
const MIF = mifOf();

export const MRTRIX: TableCases = {
  title: 'MRtrix',
  cases: casesOf(MIF, {
    dim: [
      [mifOf({ dim: [4, 3, 2] }), { shape: [4, 3, 2] }],
      [mifOf({ dim: [2, 3, 1, 2, 2], layout: '+0,+1,+2,+3,+4' }), 'has more than four dimensions'],
    ],
    vox: [[mifOf({ vox: '1,2,3' }), { spacing: [1, 2, 3] }]],
    layout: [[mifOf({ layout: '+0,+1,-2' }), { direction: [-1, 0, 0, 0, -1, 0, 0, 0, -1], origin: [-10, -20, 42] }]],
    datatype: [
      [mifOf({ datatype: 'Int8' }), { dtype: 'int8', data: Array.from(Int8Array.from(BYTES)) }],
      [mifOf({ datatype: 'UInt64LE' }), 'its datatype is "UInt64LE"'],
    ],
    transform: [[mifOf({ fields: { transform: ['1,0,0,1', '0,1,0,2', '0,0,1,3'] } }), { origin: [-1, -2, 3] }]],
    scaling: [[mifOf({ fields: { scaling: '-5,0.5' } }), { rescale: { slope: 0.5, intercept: -5 } }]],
    file: [
      [
        mifOf({ fields: { file: '. 1025' } }, Buffer.concat([BYTES, Uint8Array.of(9)])),
        { data: [...ALL.slice(1), 9] },
        mifOf({}, Buffer.concat([BYTES, Uint8Array.of(9)])),
      ],
      [
        {
          'a.mih': mifHeader({
            dim: [2, 3, 4],
            layout: '+0,+1,+2',
            datatype: 'UInt8',
            fields: { file: ['a.dat', 'b.dat'] },
          }),
        },
        'its values are in several files',
      ],
    ],
    ...Object.fromEntries(
      Object.entries({
        ...{
          mrtrix_version: '3.0.4',
          command_history: 'mrconvert',
          comments: 'x',
          dw_scheme: '0,0,1,1000',
          pe_scheme: '0,1,0,0.1',
        },
        ...{ RepetitionTime: '2', EchoTime: '0.03', SliceTiming: '0,1', labels: 'x', units: 'mm' },
      }).map(([name, value]) => [name, [[mifOf({ fields: { [name]: value } }), {}]]]),
    ),
  }),
};

type Attributes = Parameters<typeof afniHeader>[0];
const afni = (changes: Attributes, bytes: Uint8Array = BYTES): Files => ({
  'a+orig.HEAD': afniHeader(changes),
  'a+orig.BRIK': bytes,
});
const MATRIX = [2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30];
const withMatrix = (changes: Attributes): Files => afni({ IJK_TO_DICOM_REAL: MATRIX, ...changes });
const AFNI_BASE = withMatrix({});
const CARDINAL = afni({});
const shorts = { BRICK_TYPES: [1], DATASET_DIMENSIONS: [1, 3, 4] };

export const AFNI: TableCases = {
  title: 'AFNI',
  cases: casesOf(AFNI_BASE, {
    DATASET_RANK: [
      [
        withMatrix({ DATASET_RANK: [3, 2], DATASET_DIMENSIONS: [2, 3, 2], BRICK_TYPES: [0, 0] }),
        { shape: [2, 3, 2], frames: 2 },
      ],
    ],
    DATASET_DIMENSIONS: [[withMatrix({ DATASET_DIMENSIONS: [4, 3, 2] }), { shape: [4, 3, 2] }]],
    BRICK_TYPES: [
      [withMatrix(shorts), { shape: [1, 3, 4], dtype: 'int16', data: Array.from(WIDE) }],
      [withMatrix({ BRICK_TYPES: [5] }), '(BRICK_TYPES)'],
    ],
    BYTEORDER_STRING: [
      [withMatrix({ ...shorts, BYTEORDER_STRING: 'MSB_FIRST' }), { data: swapped() }, withMatrix(shorts)],
      [withMatrix({ ...shorts, BYTEORDER_STRING: null }), '(BYTEORDER_STRING)', withMatrix(shorts)],
    ],
    BRICK_FLOAT_FACS: [
      [withMatrix({ BRICK_FLOAT_FACS: [0.5] }), { rescale: { slope: 0.5, intercept: 0 } }],
      [withMatrix({ BRICK_FLOAT_FACS: [-1] }), '(BRICK_FLOAT_FACS)'],
    ],
    IJK_TO_DICOM_REAL: [
      [withMatrix({ IJK_TO_DICOM_REAL: MATRIX.map((each, i) => (i === 3 ? 1 : each)) }), { origin: [1, 20, 30] }],
    ],
    ORIENT_SPECIFIC: [
      [afni({ ORIENT_SPECIFIC: [3, 0, 4] }), { direction: [0, 1, 0, 1, 0, 0, 0, 0, 1] }, CARDINAL],
      [withMatrix({ ORIENT_SPECIFIC: [3, 0, 4] }), {}],
    ],
    ORIGIN: [
      [afni({ ORIGIN: [1, 2, 3] }), { origin: [1, 2, 3] }, CARDINAL],
      [withMatrix({ ORIGIN: [1, 2, 3] }), {}],
    ],
    DELTA: [
      [afni({ DELTA: [2, 3, 4] }), { spacing: [2, 3, 4] }, CARDINAL],
      [withMatrix({ DELTA: [2, 3, 4] }), {}],
    ],
    ...Object.fromEntries(
      Object.entries({
        ...{
          TYPESTRING: '3DIM_HEAD_FUNC',
          SCENE_DATA: [2, 3, 1],
          IDCODE_STRING: 'x',
          IDCODE_DATE: 'x',
          BRICK_STATS: [0, 9],
          BRICK_LABS: 'x',
        },
        ...{
          BRICK_STATAUX: [0, 3, 1, 9],
          BRICK_KEYWORDS: 'x',
          TAXIS_NUMS: [1, 0, 77002],
          TAXIS_FLOATS: [0, 2, 0, 0, 0],
          TAXIS_OFFSETS: [0, 1],
        },
        ...{
          MARKS_XYZ: [1, 2, 3],
          MARKS_LAB: 'x',
          MARKS_HELP: 'x',
          MARKS_FLAGS: [1, 1],
          WARP_TYPE: [1, 0],
          WARP_DATA: [1, 2, 3],
          TAGSET_NUM: [1, 5],
        },
        ...{
          TAGSET_FLOATS: [1, 2, 3],
          TAGSET_LABELS: 'x',
          LABEL_1: 'x',
          LABEL_2: 'x',
          DATASET_NAME: 'x',
          DATASET_KEYWORDS: 'x',
        },
        ...{
          HISTORY_NOTE: 'x',
          NOTES_COUNT: [1],
          NOTE_NUMBER_001: 'x',
          VOLREG_MATVEC_000000: MATRIX,
          VOLREG_CENTER_OLD: [1, 2, 3],
        },
        ...{
          ALLINEATE_MATVEC_S2B_000000: MATRIX,
          IJK_TO_DICOM: MATRIX.map((each) => 2 * each),
          INT_CMAP: [1],
          TEMPLATE_SPACE: 'MNI',
        },
      }).map(([name, value]) => [name, [[withMatrix({ [name]: value }), {}]]]),
    ),
  }),
};

const npy = (descr: string, shape: string, order = 'False', bytes: Uint8Array = BYTES): Files => ({
  'a.npy': npyFile(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`, Uint8Array.from(bytes)),
});
const NPY_BASE = npy("'|i1'", '(4, 3, 2)');

export const NPY: TableCases = {
  title: 'NumPy',
  cases: casesOf(NPY_BASE, {
    version: [
      [versioned(2), {}],
      [versioned(3), {}],
      [versioned(4), 'its version is 4'],
    ],
    descr: [
      [npy("'|u1'", '(4, 3, 2)'), { dtype: 'uint8', data: ALL }],
      [npy("'<i2'", '(4, 3, 1)'), { dtype: 'int16', shape: [1, 3, 4], data: Array.from(WIDE) }],
      [npy("'>i2'", '(4, 3, 1)'), { data: swapped() }, npy("'<i2'", '(4, 3, 1)')],
      [npy("'<c8'", '(1, 3, 1)'), 'an array <c8'],
    ],
    fortran_order: [[npy("'|i1'", '(4, 3, 2)', 'True'), { shape: [4, 3, 2] }]],
    shape: [
      [npy("'|i1'", '(2, 3, 4)'), { shape: [4, 3, 2] }],
      [npy("'|i1'", '(2, 2, 3, 2)'), { shape: [2, 3, 2], frames: 2 }],
    ],
  }),
};

/** The same array in a file of another version, whose header's length has four bytes. */
function versioned(version: number): Files {
  const file = Buffer.from(bytesOf(NPY_BASE));
  const head = Buffer.from(file.subarray(0, 12));
  head[6] = version;
  head.writeUInt32LE(file.readUInt16LE(8), 8);
  return { 'a.npy': Buffer.concat([head, file.subarray(10)]) };
}
