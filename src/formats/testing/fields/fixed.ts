/** Headers whose fields lie at fixed places: NIfTI, ANALYZE, MRC and FreeSurfer. */
import { expect } from '@jest/globals';
import { mghFile } from '../hostile-brain';
import { mrcFile, nifti2File } from '../hostile-files';
import { niftiFile } from '../nifti-file';
import { bytesOf, casesOf, edited, type Files, type TableCases } from './cases';

/** Of 2 × 3 × 4 bytes, or 2 × 3 × 2 and two frames. */
const BYTES = Uint8Array.from({ length: 24 }, (_, i) => 3 + 7 * i);
const valuesOf = (first: number, last = 24): number[] => Array.from(BYTES.subarray(first, last));
const withValues = (file: Uint8Array): Uint8Array => {
  file.set(BYTES, file.length - BYTES.length);
  return file;
};

type Change = (view: DataView) => void;
/** What NIfTI-1 and NIfTI-2 have at places of their own. */
interface Nifti {
  readonly bases: readonly [sform: Files, qform: Files];
  readonly at: Readonly<Record<string, number>>;
  readonly float: (at: number, value: number) => Change;
  readonly code: (at: number, value: number) => Change;
  readonly size: (at: number, value: number) => Change;
}

const SFORM = [-2, 0, 0, 10, 0, -3, 0, 20, 0, 0, 4, 30];
const floats = (float: Nifti['float'], at: number, step: number, values: readonly number[]): Change => {
  const all = values.map((value, i) => float(at + step * i, value));
  return (view) => {
    for (const each of all) each(view);
  };
};
const together =
  (...changes: readonly Change[]): Change =>
  (view) => {
    for (const each of changes) each(view);
  };

const MM_SECONDS = 10;
const VECTOR = 1007;

function niftiCases({ bases: [sform, qform], at, float, code, size }: Nifti, step: number) {
  const by = (base: Files, ...changes: readonly Change[]): Files => edited(base, together(...changes));
  const place = (name: string): number => at[name] as number;
  const pixdim = (axis: number): number => place('pixdim') + step * axis;
  const dim = (axis: number): number => place('dim') + (step === 4 ? 2 : 8) * axis;
  const set = (...sizes: readonly number[]): Change =>
    together(...[sizes.length, ...sizes].map((each, i) => size(dim(i), each)));
  const vectors = by(sform, set(2, 3, 2, 1, 2), code(place('intent_code'), VECTOR));
  const window = by(sform, float(place('cal_min'), 1), float(place('cal_max'), 100));
  const scaled = by(sform, float(place('scl_slope'), 2));
  const turned = [0, 0, 0, 0, 0, 0];
  return {
    dim: [
      [by(sform, set(2, 3, 2, 2)), { shape: [2, 3, 2], frames: 2 }],
      [by(sform, set(4, 3, 2)), { shape: [4, 3, 2] }],
      [by(sform, size(dim(0), 8)), 'its header says 8 dimensions'],
    ],
    intent_code: [
      [by(sform, code(place('intent_code'), 3)), {}],
      [by(vectors, code(place('intent_code'), 0)), 'has more than four dimensions', vectors],
      [vectors, {}, vectors],
    ],
    datatype: [
      [by(sform, code(place('datatype'), 256)), { dtype: 'int8', data: valuesOf(0).map((each) => (each << 24) >> 24) }],
      [by(sform, code(place('datatype'), 32)), 'it holds complex numbers'],
    ],
    'pixdim[0]': [[by(qform, float(pixdim(0), -1)), { direction: [-1, 0, 0, 0, -1, 0, 0, 0, -1] }, qform]],
    'pixdim[1–3]': [
      [by(qform, float(pixdim(1), 5)), { spacing: [5, 3, 4] }, qform],
      [by(qform, float(pixdim(2), -5)), { spacing: [2, 5, 4] }, qform],
      [by(qform, float(pixdim(3), 5)), { spacing: [2, 3, 5] }, qform],
      [by(sform, float(pixdim(1), 5)), {}],
    ],
    'pixdim[4]': [[by(qform, float(pixdim(4), 3)), { frameTimes: [0, 3] }, qform]],
    scl_slope: [[scaled, { rescale: { slope: 2, intercept: 0 } }]],
    scl_inter: [[by(scaled, float(place('scl_inter'), -7)), { rescale: { slope: 2, intercept: -7 } }, scaled]],
    xyzt_units: [
      [by(sform, code(place('xyzt_units'), 1)), { spacing: [2000, 3000, 4000], origin: [-10_000, -20_000, 30_000] }],
      [by(qform, code(place('xyzt_units'), 18)), { frameTimes: [0, 0.0015] }, qform],
      [by(qform, code(place('xyzt_units'), 34)), { frameTimes: null, frameLabels: ['0 Hz', '1.5 Hz'] }, qform],
    ],
    cal_max: [[by(window, float(place('cal_max'), 50)), { window: [1, 50] }, window]],
    cal_min: [[by(window, float(place('cal_min'), 9)), { window: [9, 100] }, window]],
    toffset: [[by(qform, float(place('toffset'), 4)), { frameTimes: [4, 5.5] }, qform]],
    qform_code: [[by(qform, code(place('qform_code'), 0)), { direction: null, origin: [0, 0, 0] }, qform]],
    sform_code: [[by(sform, code(place('sform_code'), 0)), { direction: null, origin: [0, 0, 0], spacing: [1, 1, 1] }]],
    'quatern_b, c, d': [0, 1, 2].map(
      (axis) =>
        [
          by(qform, float(place('quatern') + step * axis, 1)),
          // Half a turn around one axis.
          {
            direction: [-1, -1, 1].flatMap((sign, row) =>
              turned.slice(0, 3).map((_, column) => (row === column ? (row === axis ? sign : -sign) : 0)),
            ),
          },
          qform,
        ] as const,
    ),
    'qoffset_x, y, z': [[by(qform, floats(float, place('qoffset'), step, [1, 2, 3])), { origin: [-1, -2, 3] }, qform]],
    'srow_x, y, z': [
      [by(sform, float(place('srow') + 3 * step, 1)), { origin: [-1, -20, 30] }],
      [by(sform, float(place('srow'), -5)), { spacing: [5, 3, 4] }],
      [by(sform, float(place('srow') + 10 * step, -4)), { direction: [1, 0, 0, 0, 1, 0, 0, 0, -1] }],
    ],
  } as const;
}

const FIRST_AT = {
  ...{ dim: 40, intent_code: 68, datatype: 70, pixdim: 76, scl_slope: 112, scl_inter: 116, xyzt_units: 123 },
  ...{
    cal_max: 124,
    cal_min: 128,
    toffset: 136,
    qform_code: 252,
    sform_code: 254,
    quatern: 256,
    qoffset: 268,
    srow: 280,
  },
};
const float32 =
  (at: number, value: number): Change =>
  (view) => {
    view.setFloat32(at, value, true);
  };
const int16 =
  (at: number, value: number): Change =>
  (view) => {
    view.setInt16(at, value, true);
  };
const int32 =
  (at: number, value: number): Change =>
  (view) => {
    view.setInt32(at, value, true);
  };
const text =
  (at: number, value: string): Change =>
  (view) => {
    for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i));
  };

const FIRST = {
  'a.nii': niftiFile({ dims: [2, 3, 4], voxels: BYTES, pixdim: [1, 1, 1], slope: 0 }),
};
const FIRST_SFORM = edited(FIRST, together(int16(254, 1), floats(float32, 280, 4, SFORM)));
const FIRST_FILE = bytesOf(FIRST_SFORM);
const FRAMES = niftiFile({ dims: [2, 3, 2, 2], voxels: BYTES, pixdim: [2, 3, 4, 1.5], units: MM_SECONDS });
const FIRST_QFORM = edited({ 'a.nii': FRAMES }, together(int16(252, 1), floats(float32, 268, 4, [10, 20, 30])));
/** With one byte more, which is a value if the first one is none. */
const shifted = (file: Uint8Array, change: Change): Files =>
  edited({ 'a.nii': Buffer.concat([file, Uint8Array.of(200)]) }, change);

/** A whole file that is named as a header, and values beside it that it does not speak of. */
const PAIRED: Files = { 'a.hdr': FIRST_FILE, 'a.img': Uint8Array.from(BYTES).reverse() };

export const NIFTI_1: TableCases = {
  title: 'NIfTI-1',
  header: { bytes: 348, bases: [FIRST_SFORM, FIRST_QFORM] },
  cases: casesOf(FIRST_SFORM, {
    sizeof_hdr: [[edited(FIRST_SFORM, int32(0, 349)), 'no volume']],
    ...niftiCases(
      {
        bases: [FIRST_SFORM, FIRST_QFORM],
        at: FIRST_AT,
        float: float32,
        code: (at, value) =>
          at === FIRST_AT.xyzt_units
            ? (view) => {
                view.setUint8(at, value);
              }
            : int16(at, value),
        size: int16,
      },
      4,
    ),
    vox_offset: [
      [shifted(FIRST_FILE, float32(108, 353)), { data: [...valuesOf(1), 200] }, shifted(FIRST_FILE, () => undefined)],
    ],
    magic: [
      [edited(PAIRED, together(text(344, 'ni1'), float32(108, 0))), { data: valuesOf(0).reverse() }, PAIRED],
      [edited(FIRST_SFORM, text(344, 'xyz')), 'no magic number of NIfTI'],
    ],
  }),
};

const float64 =
  (at: number, value: number): Change =>
  (view) => {
    view.setFloat64(at, value, true);
  };
const int64 =
  (at: number, value: number): Change =>
  (view) => {
    view.setBigInt64(at, BigInt(value), true);
  };
const SECOND_AT = {
  ...{ datatype: 12, dim: 16, pixdim: 104, scl_slope: 176, scl_inter: 184, cal_max: 192, cal_min: 200, toffset: 216 },
  ...{ qform_code: 344, sform_code: 348, quatern: 352, qoffset: 376, srow: 400, xyzt_units: 500, intent_code: 504 },
};
const SECOND = { 'a.nii': withValues(nifti2File()) };
const SECOND_SFORM = edited(SECOND, together(int32(348, 1), floats(float64, 400, 8, SFORM), int32(500, 2)));
const SECOND_FILE = bytesOf(SECOND_SFORM);
const SECOND_QFORM = edited(
  SECOND,
  together(
    ...[4, 2, 3, 2, 2].map((each, i) => int64(16 + 8 * i, each)),
    floats(float64, 104, 8, [1, 2, 3, 4, 1.5]),
    int32(344, 1),
    floats(float64, 376, 8, [10, 20, 30]),
    int32(500, MM_SECONDS),
  ),
);

export const NIFTI_2: TableCases = {
  title: 'NIfTI-2',
  header: { bytes: 540, bases: [SECOND_SFORM, SECOND_QFORM] },
  cases: casesOf(SECOND_SFORM, {
    sizeof_hdr: [[edited(SECOND_SFORM, int32(0, 541)), 'no volume']],
    ...niftiCases(
      {
        bases: [SECOND_SFORM, SECOND_QFORM],
        at: SECOND_AT,
        float: float64,
        code: (at, value) => (at === SECOND_AT.datatype ? int16(at, value) : int32(at, value)),
        size: int64,
      },
      8,
    ),
    vox_offset: [
      [shifted(SECOND_FILE, int64(168, 545)), { data: [...valuesOf(1), 200] }, shifted(SECOND_FILE, () => undefined)],
    ],
    magic: [[edited(SECOND_SFORM, text(4, 'xyz')), 'no magic number of NIfTI']],
  }),
};

const OLD = niftiFile({
  ...{ dims: [2, 3, 2, 2], voxels: new Uint8Array(0), pixdim: [2, 3, 4, 1.5], magic: '\0\0\0\0' },
  ...{ voxOffset: 0, units: 0 },
});
const ANALYZE_BASE = edited({ 'a.hdr': OLD.subarray(0, 348), 'a.img': BYTES }, text(56, 'mm'));
const calibrated = edited(ANALYZE_BASE, together(float32(124, 100), float32(128, 10), int32(140, 160), int32(144, 10)));
const factor = edited(ANALYZE_BASE, float32(112, 2));

export const ANALYZE: TableCases = {
  title: 'ANALYZE 7.5',
  header: { bytes: 348, bases: [ANALYZE_BASE, edited(ANALYZE_BASE, together(float32(112, 2), float32(116, 3)))] },
  cases: casesOf(ANALYZE_BASE, {
    sizeof_hdr: [[edited(ANALYZE_BASE, int32(0, 349)), 'no volume']],
    dim: [
      [edited(ANALYZE_BASE, together(int16(40, 3), int16(46, 4))), { shape: [2, 3, 4], frames: 1 }],
      [edited(ANALYZE_BASE, together(int16(40, 5), int16(46, 1), int16(50, 2))), 'has more than four dimensions'],
    ],
    vox_units: [[edited(ANALYZE_BASE, text(56, 'um')), { unit: 'µm' }]],
    datatype: [
      [
        edited(ANALYZE_BASE, together(int16(70, 4), int16(42, 1))),
        { dtype: 'int16', shape: [1, 3, 2], data: expect2(BYTES) },
      ],
      [edited(ANALYZE_BASE, int16(70, 256)), 'an ANALYZE header of datatype 256'],
    ],
    'pixdim[1–3]': [1, 2, 3].map(
      (axis) =>
        [
          edited(ANALYZE_BASE, float32(76 + 4 * axis, 7)),
          { spacing: [2, 3, 4].map((each, at) => (at === axis - 1 ? 7 : each)) },
        ] as const,
    ),
    vox_offset: [
      [
        edited({ ...ANALYZE_BASE, 'a.img': Buffer.concat([BYTES, Uint8Array.of(200)]) }, float32(108, 1)),
        { data: [...valuesOf(1), 200] },
      ],
      [edited(ANALYZE_BASE, float32(108, -1)), 'its header says that voxels start at byte -1'],
    ],
    funused1: [[factor, { rescale: { slope: 2, intercept: 0 } }]],
    funused2: [[edited(factor, float32(116, 3)), { rescale: { slope: 2, intercept: 3 } }, factor]],
    cal_max: [[edited(calibrated, float32(124, 160)), { rescale: null, window: [10, 160] }, calibrated]],
    cal_min: [
      [
        edited(calibrated, float32(128, -50)),
        { rescale: { slope: 1, intercept: -60 }, window: [-50, 100] },
        calibrated,
      ],
    ],
    glmax: [[edited(calibrated, int32(140, 100)), { rescale: null }, calibrated]],
    glmin: [[edited(calibrated, int32(144, 70)), { rescale: { slope: 1, intercept: -60 } }, calibrated]],
  }),
};

/** Values of 16 bits, of which each has two of the bytes. */
function expect2(bytes: Uint8Array): number[] {
  return Array.from(new Int16Array(Uint8Array.from(bytes).buffer));
}

const MRC_BASE: Files = {
  'a.mrc': withValues(
    mrcFile((view) => {
      [2, 3, 4].forEach((size, axis) => {
        view.setInt32(28 + 4 * axis, size, true);
        view.setFloat32(40 + 4 * axis, 1.5 * size, true);
        view.setFloat32(52 + 4 * axis, 90, true);
        view.setInt32(64 + 4 * axis, axis + 1, true);
        view.setFloat32(196 + 4 * axis, 5 * (axis + 1), true);
      });
      view.setInt32(88, 1, true);
    }),
  ),
};
const nowhere = edited(MRC_BASE, floats(float32, 196, 4, [0, 0, 0]));
const IMOD_STAMP = int32(152, 1_146_047_817);
const imod = edited(MRC_BASE, IMOD_STAMP);

export const MRC: TableCases = {
  title: 'MRC',
  header: { bytes: 1024, bases: [MRC_BASE, nowhere] },
  cases: casesOf(MRC_BASE, {
    'nx, ny, nz': [[edited(MRC_BASE, together(int32(0, 3), int32(4, 2))), { shape: [3, 2, 4] }]],
    mode: [
      [
        edited(MRC_BASE, together(int32(12, 1), int32(0, 1))),
        { dtype: 'int16', shape: [1, 3, 4], data: expect2(BYTES) },
      ],
      [edited(MRC_BASE, int32(12, 4)), 'its mode is 4'],
    ],
    'nxstart, nystart, nzstart': [
      [edited(nowhere, together(int32(16, 2), int32(20, -4), int32(24, 6))), { origin: [3, -6, 9] }, nowhere],
      [edited(MRC_BASE, int32(16, 2)), {}],
    ],
    'mx, my, mz': [
      [edited(MRC_BASE, together(int32(28, 4), int32(32, 1), int32(36, 8))), { spacing: [0.75, 4.5, 0.75] }],
    ],
    cella: [[edited(MRC_BASE, floats(float32, 40, 4, [2, 6, 2])), { spacing: [1, 2, 0.5] }]],
    cellb: [[edited(MRC_BASE, float32(56, 60)), 'its cell has angles of 90, 60, 90 degrees']],
    'mapc, mapr, maps': [
      [edited(MRC_BASE, together(int32(64, 3), int32(68, 1), int32(72, 2))), { origin: [15, 5, 10] }],
    ],
    ispg: [
      [edited(MRC_BASE, int32(88, 0)), {}],
      [
        edited(MRC_BASE, together(int32(88, 401), int32(36, 2))),
        { shape: [2, 3, 2], frames: 2, spacing: [1.5, 1.5, 3] },
      ],
      [edited(MRC_BASE, together(int32(88, 401), int32(36, 3))), 'volumes of 3 sections'],
    ],
    nsymbt: [
      [
        edited({ 'a.mrc': Buffer.concat([bytesOf(MRC_BASE), Uint8Array.of(200)]) }, int32(92, 1)),
        { data: [...valuesOf(1), 200 - 256].map((each) => (each << 24) >> 24) },
      ],
    ],
    imodStamp: [[imod, { dtype: 'uint8', data: valuesOf(0), origin: [-5, -10, -15] }]],
    imodFlags: [
      [edited(imod, int32(156, 1)), { dtype: 'int8', data: valuesOf(0).map((each) => (each << 24) >> 24) }, imod],
      [edited(imod, int32(156, 4)), { origin: [5, 10, 15] }, imod],
      [edited(imod, int32(156, 16)), 'two values of 4 bits in each byte (imodFlags)', imod],
      [edited(imod, int32(156, 2 + 8)), {}, imod],
    ],
    origin: [[edited(MRC_BASE, floats(float32, 196, 4, [1, 2, 3])), { origin: [1, 2, 3] }]],
    map: [[edited(MRC_BASE, text(208, 'XYZ ')), 'no volume']],
    machst: [[edited(MRC_BASE, text(212, '\x11\x11')), 'truncated']],
  }),
};

const MGH_BASE: Files = { 'a.mgh': withValues(mghFile()) };
const int32BE =
  (at: number, value: number): Change =>
  (view) => {
    view.setInt32(at, value);
  };
const float32BE =
  (at: number, value: number): Change =>
  (view) => {
    view.setFloat32(at, value);
  };

export const MGH: TableCases = {
  title: 'FreeSurfer',
  header: { bytes: 284, bases: [MGH_BASE] },
  cases: casesOf(MGH_BASE, {
    version: [[edited(MGH_BASE, int32BE(0, 2)), 'no volume']],
    'width, height, depth, nframes': [
      [
        edited(MGH_BASE, together(int32BE(12, 2), int32BE(16, 2))),
        { shape: [2, 3, 2], frames: 2, origin: [1, 1, 1.5].map(() => expect.any(Number)) },
      ],
    ],
    type: [
      [
        edited(MGH_BASE, together(int32BE(20, 4), int32BE(4, 1))),
        { dtype: 'int16', shape: [1, 3, 4], data: swapped(BYTES), origin: [-0.5, 2, 1.5] },
      ],
      [edited(MGH_BASE, int32BE(20, 2)), 'it holds 64-bit integers (type)'],
    ],
    goodRASFlag: [
      [
        edited(MGH_BASE, (view) => {
          view.setInt16(28, 0);
        }),
        { direction: null, origin: [0, 0, 0], unit: 'px' },
      ],
    ],
    delta: [[edited(MGH_BASE, float32BE(30, 3)), { spacing: [3, 1, 1], origin: expect.any(Array) }]],
    Mdc: [[edited(MGH_BASE, float32BE(42, 1)), { direction: expect.any(Array), origin: expect.any(Array) }]],
    Pxyz_c: [[edited(MGH_BASE, float32BE(78, 5)), { origin: expect.any(Array) }]],
  }),
};

function swapped(bytes: Uint8Array): number[] {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i));
}
