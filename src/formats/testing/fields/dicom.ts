/** Attributes of DICOM's modules of pixels, planes and values, in files of one image, of several frames, and of several images. */
import { expect } from '@jest/globals';
import { element, file, sequence, short, slice, text } from '../dicom-file';
import { casesOf, type Files, type Outcome, type Said, type TableCases } from './cases';

const VALUES = [1, 2, 3, 400, 500, 60_000];
type Fields = readonly Buffer[];
const PLACE = { position: 0x00200032, orientation: 0x00200037, spacing: 0x00280030 };

const double = (tag: number, ...values: readonly number[]): Buffer =>
  element(tag, 'FD', Buffer.from(Float64Array.from(values).buffer));
const words = (values: readonly number[]): Buffer =>
  element(0x7fe00010, 'OW', Buffer.from(Uint16Array.from(values).buffer));
const bytes = (...values: readonly number[]): Buffer => element(0x7fe00010, 'OW', Buffer.from(Uint8Array.from(values)));

const one = (...fields: Fields): Files => ({ 'a.dcm': file(Buffer.concat(slice(VALUES, 7, 1, fields))) });
const BASE = one();
/** Without these elements. */
const without = (tags: readonly number[], ...fields: Fields): Files => ({
  'a.dcm': file(
    Buffer.concat(
      slice(VALUES, 7, 1, fields).filter(
        (each) => !tags.includes(each.readUInt16LE(0) * 65_536 + each.readUInt16LE(2)),
      ),
    ),
  ),
});
/** Two frames of 3 × 2 values. */
const FRAMES = [words([...VALUES, ...VALUES.map((each) => each + 1)]), text(0x00280008, 'IS', '2')];
const frames = (...fields: Fields): Files => one(...FRAMES, ...fields);
const TWO = frames();
/** The same without a place: slices, unless they are something else. */
const nowhere = (...fields: Fields): Files => without([PLACE.position], ...FRAMES, ...fields);
const NOWHERE = nowhere();
const FILM = { shape: [3, 2, 1], frames: 2 };
const VECTORS = {
  ...{
    EnergyWindowVector: 0x00540010,
    DetectorVector: 0x00540020,
    PhaseVector: 0x00540030,
    RotationVector: 0x00540050,
  },
  ...{
    RRIntervalVector: 0x00540060,
    TimeSlotVector: 0x00540070,
    AngularViewVector: 0x00540090,
    TimeSliceVector: 0x00540100,
  },
};
/** Two images at z 1 and 3, and fields of each. */
const series = (fieldsOf: (z: number) => Fields, places: readonly number[] = [1, 3]): Files =>
  Object.fromEntries(
    places.map((z, i) => [
      `folder/${String(i)}.dcm`,
      file(
        Buffer.concat(
          slice(
            VALUES.map((each) => (each % 1000) + i),
            z,
            i + 1,
            fieldsOf(i),
          ),
        ),
      ),
    ]),
  );
const PAIR = series(() => []);
/** Two images at one place. */
const inTime = (fieldsOf: (t: number) => Fields): Files => series(fieldsOf, [1, 1]);

const ds = (tag: number, value: string): Buffer => text(tag, 'DS', value);
const cs = (tag: number, value: string): Buffer => text(tag, 'CS', value);
const signed = (tag: number, value: number): Buffer => element(tag, 'SS', Buffer.from(Int16Array.of(value).buffer));
const lut = (tag: number, first: number, values: readonly number[]): Buffer =>
  sequence(tag, [
    short(0x00283002, values.length, first, 16),
    element(0x00283006, 'US', Buffer.from(Uint16Array.from(values).buffer)),
  ]);
const palette = [1, 2, 3].flatMap((color) => [
  short(0x00281100 + color, 4, 0, 8),
  element(0x00281200 + color, 'OW', Buffer.from([10, 20, 30, 40].map((each) => each * color))),
]);
const INDICES = bytes(0, 1, 2, 3, 2, 1);
const OF_8 = [short(0x00280100, 8), short(0x00280101, 8), short(0x00280102, 7)];
const COLOURS = [
  ...OF_8,
  short(0x00280002, 3),
  cs(0x00280004, 'RGB'),
  bytes(...Array.from({ length: 18 }, (_, i) => 10 * i)),
];
const colours = (...fields: Fields): Files => one(...COLOURS, ...fields);
const RGB = colours();
/** A functional group of both frames, or of each one. */
const shared = (...fields: Fields): Buffer => sequence(0x52009229, fields);
const each = (fieldsOf: (frame: number) => Fields): Buffer => sequence(0x52009230, fieldsOf(0), fieldsOf(1));
const at = (z: number): Buffer => sequence(0x00209113, [ds(PLACE.position, `0\\0\\${String(z)}`)]);
const enhanced = (fieldsOf: (frame: number) => Fields, ...fields: Fields): Files =>
  frames(
    each((frame) => [at(5 * frame), ...fieldsOf(frame)]),
    ...fields,
  );
const ENHANCED = enhanced(() => []);
const stills = (fieldsOf: (frame: number) => Fields, ...fields: Fields): Files =>
  frames(
    each((frame) => [at(0), ...fieldsOf(frame)]),
    ...fields,
  );
const content = (...fields: Fields): Buffer => sequence(0x00209111, fields);
const index = (tag: number, ...values: readonly number[]): Buffer =>
  element(tag, 'UL', Buffer.from(Uint32Array.from(values).buffer));
const INDEXED = stills((frame) => [content(index(0x00209128, frame + 1))]);
/** Both frames, the second one first. */
const reversed = { data: expect.any(Array) as unknown };
const floats = { dtype: 'float32', data: expect.any(Array) as unknown };

const ignored = (all: Readonly<Record<string, Buffer>>): Said =>
  Object.fromEntries(Object.entries(all).map(([name, field]) => [name, [[one(field), {}]]]));
/** What is told apart by a field at one place is frames, and nothing else than the instance number otherwise. */
const tellsApart = (
  fieldOf: (t: number) => Buffer,
  then: object = {},
): readonly (readonly [Files, Outcome, Files])[] => [
  [inTime((t) => [fieldOf(1 - t)]), { ...reversed, ...then }, inTime(() => [])],
];

export const DICOM: TableCases = {
  title: 'DICOM',
  cases: casesOf(BASE, {
    SOPClassUID: [
      [
        one(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.12.1'), lut(0x00283000, 1, [5, 6, 7])),
        { dtype: 'uint16', data: VALUES },
        one(lut(0x00283000, 1, [5, 6, 7])),
      ],
    ],
    SeriesInstanceUID: [[series((z) => [text(0x0020000e, 'UI', `1.2.${String(z)}`)]), '2 DICOM series', PAIR]],
    SamplesPerPixel: [
      [
        RGB,
        { components: 3, data: Array.from({ length: 18 }, (_, i) => 10 * i) },
        one(...OF_8, bytes(1, 2, 3, 4, 5, 6)),
      ],
      [one(short(0x00280002, 4)), '4 samples a pixel'],
    ],
    PhotometricInterpretation: [
      [one(cs(0x00280004, 'MONOCHROME1')), { invert: true }],
      [colours(cs(0x00280004, 'YBR_FULL')), reversed, RGB],
      [colours(cs(0x00280004, 'HSV')), '(PhotometricInterpretation)', RGB],
      [colours(cs(0x00280004, 'YBR_PARTIAL_422')), '(PhotometricInterpretation)', RGB],
    ],
    Rows: [[one(short(0x00280010, 3), short(0x00280011, 2)), { shape: [2, 3, 1] }]],
    Columns: [[one(short(0x00280010, 1), short(0x00280011, 6)), { shape: [6, 1, 1] }]],
    BitsAllocated: [
      [one(...OF_8, bytes(1, 2, 3, 4, 5, 6)), { dtype: 'uint8', data: [1, 2, 3, 4, 5, 6] }],
      [one(short(0x00280100, 24)), '24 bits a sample are allocated'],
    ],
    BitsStored: [[one(short(0x00280101, 8), short(0x00280102, 7)), { data: VALUES.map((value) => value & 255) }]],
    HighBit: [[one(short(0x00280102, 11)), '(HighBit)']],
    PixelRepresentation: [[one(short(0x00280103, 1)), { dtype: 'int16', data: [1, 2, 3, 400, 500, -5536] }]],
    PlanarConfiguration: [[colours(short(0x00280006, 1)), reversed, RGB]],
    NumberOfFrames: [[TWO, { frames: 2, data: expect.any(Array) }]],
    PixelAspectRatio: [
      [without([PLACE.spacing], text(0x00280034, 'IS', '3\\2')), { spacing: [1, 1.5, 1] }, without([PLACE.spacing])],
      [one(text(0x00280034, 'IS', '3\\2')), {}],
    ],
    PixelPaddingValue: [[one(short(0x00280120, 3)), { padding: [3, 3] }]],
    PixelPaddingRangeLimit: [
      [one(short(0x00280120, 3), short(0x00280121, 9)), { padding: [3, 9] }, one(short(0x00280120, 3))],
    ],
    'RedPaletteColorLookupTable…': [
      [
        one(...OF_8, INDICES, cs(0x00280004, 'PALETTE COLOR'), ...palette),
        { components: 3, data: expect.any(Array) },
        one(...OF_8, INDICES),
      ],
      [one(...OF_8, INDICES, ...palette), {}, one(...OF_8, INDICES)],
    ],
    AlphaPaletteColorLookupTableData: [
      [
        one(...OF_8, INDICES, cs(0x00280004, 'PALETTE COLOR'), ...palette, element(0x00281204, 'OW', Buffer.alloc(4))),
        'a palette with transparency',
      ],
    ],
    PixelData: [[one(words([...VALUES].reverse())), { data: [...VALUES].reverse() }]],
    FloatPixelData: [[without([0x7fe00010], element(0x7fe00008, 'OF', Buffer.alloc(24))), '(FloatPixelData)']],
    DoubleFloatPixelData: [[without([0x7fe00010], element(0x7fe00009, 'OD', Buffer.alloc(48))), '(FloatPixelData)']],
    ImagePositionPatient: [
      [one(ds(PLACE.position, '1\\2\\3')), { origin: [1, 2, 3] }],
      [
        series((z) => [ds(PLACE.position, `0\\0\\${String(5 * z)}`)]),
        { spacing: [0.5, 2, 5], origin: [0, 0, 0] },
        PAIR,
      ],
    ],
    ImageOrientationPatient: [
      [one(ds(PLACE.orientation, '0\\1\\0\\0\\0\\-1')), { direction: [0, 0, -1, 1, 0, 0, 0, -1, 0] }],
    ],
    PixelSpacing: [
      [one(ds(PLACE.spacing, '3\\0.25')), { spacing: [0.25, 3, 1] }],
      [series((z) => [ds(PLACE.spacing, `${String(z + 1)}\\1`)]), '(PixelSpacing)', PAIR],
    ],
    ImagerPixelSpacing: [
      [
        without([PLACE.spacing], ds(0x00181164, '3\\0.25')),
        { spacing: [0.25, 3, 1], unit: 'mm' },
        without([PLACE.spacing]),
      ],
      [one(ds(0x00181164, '3\\0.25')), {}],
    ],
    SpacingBetweenSlices: [
      [one(ds(0x00180088, '4')), { spacing: [0.5, 2, 4] }],
      [frames(ds(0x00180088, '4')), { shape: [3, 2, 2], frames: 1, spacing: [0.5, 2, 4] }, TWO],
      [series(() => [ds(0x00180088, '4')]), {}, PAIR],
    ],
    SliceThickness: [
      [one(ds(0x00180050, '4')), { spacing: [0.5, 2, 4] }],
      [one(ds(0x00180088, '4'), ds(0x00180050, '3')), {}, one(ds(0x00180088, '4'))],
    ],
    GridFrameOffsetVector: [[frames(ds(0x3004000c, '0\\6')), { spacing: [0.5, 2, 6] }, frames(ds(0x3004000c, '0\\4'))]],
    InstanceNumber: [
      [
        inTime((t) => [text(0x00200013, 'IS', String(5 - t))]),
        reversed,
        inTime((t) => [text(0x00200013, 'IS', String(5 + t))]),
      ],
    ],
    SOPInstanceUID: [
      [inTime(() => [text(0x00080018, 'UI', '1.2.3.4')]), 'differ, but have one SOPInstanceUID', inTime(() => [])],
    ],
    ImageType: [
      [one(cs(0x00080008, 'ORIGINAL\\PRIMARY\\M\\MOSAIC')), 'a mosaic of slices (ImageType)'],
      [one(cs(0x00080008, 'DERIVED\\SECONDARY')), {}],
    ],
    TotalPixelMatrixColumns: [[frames(index(0x00480006, 6)), 'tiles of one plane', TWO]],
    RescaleSlope: [[one(ds(0x00281053, '2')), { rescale: { slope: 2, intercept: 0 } }]],
    RescaleIntercept: [
      [one(ds(0x00281052, '-1024')), { rescale: { slope: 1, intercept: -1024 } }],
      [series((z) => [ds(0x00281052, String(z))]), floats, PAIR],
    ],
    ModalityLUTSequence: [[one(lut(0x00283000, 1, [5, 6, 7])), floats]],
    DoseGridScaling: [[one(ds(0x3004000e, '0.5')), { rescale: { slope: 0.5, intercept: 0 } }]],
    WindowCenter: [
      [one(ds(0x00281050, '100'), ds(0x00281051, '51')), { window: [74.5, 124.5] }, one(ds(0x00281051, '51'))],
    ],
    WindowWidth: [
      [one(ds(0x00281050, '100'), ds(0x00281051, '51')), { window: [74.5, 124.5] }, one(ds(0x00281050, '100'))],
    ],
    VOILUTFunction: [
      [
        one(ds(0x00281050, '100'), ds(0x00281051, '50'), cs(0x00281056, 'LINEAR_EXACT')),
        { window: [75, 125] },
        one(ds(0x00281050, '100'), ds(0x00281051, '50')),
      ],
    ],
    VOILUTSequence: [[one(lut(0x00283010, 0, [0, 100, 200])), { window: [0, 2] }]],
    FrameTime: [[nowhere(ds(0x00181063, '40')), { ...FILM, frameTimes: [0, 0.04] }, NOWHERE]],
    FrameTimeVector: [[nowhere(ds(0x00181065, '0\\30')), { ...FILM, frameTimes: [0, 0.03] }, NOWHERE]],
    CineRate: [[nowhere(text(0x00180040, 'IS', '30')), FILM, NOWHERE]],
    TemporalPositionIdentifier: tellsApart((t) => text(0x00200100, 'IS', String(t + 1))),
    DiffusionBValue: tellsApart((t) => double(0x00189087, 500 * t), { frameLabels: ['b = 0 s/mm²', 'b = 500 s/mm²'] }),
    EchoTime: tellsApart((t) => ds(0x00180081, String(5 + t)), { frameLabels: ['TE = 5 ms', 'TE = 6 ms'] }),
    TriggerTime: tellsApart((t) => ds(0x00181060, String(30 * t)), { frameTimes: [0, 0.03] }),
    AcquisitionNumber: tellsApart((t) => text(0x00200012, 'IS', String(t + 1))),
    AcquisitionDateTime: tellsApart((t) => text(0x0008002a, 'DT', `2024010112000${String(t)}`), { frameTimes: [0, 1] }),
    AcquisitionTime: tellsApart((t) => text(0x00080032, 'TM', `12000${String(t)}`), { frameTimes: [0, 1] }),
    AcquisitionDate: [
      [
        inTime((t) => [text(0x00080022, 'DA', `2024010${String(t + 1)}`), text(0x00080032, 'TM', `12000${String(t)}`)]),
        { frameTimes: [0, 86_401] },
        inTime((t) => [text(0x00080032, 'TM', `12000${String(t)}`)]),
      ],
    ],
    FrameReferenceTime: [
      [inTime((t) => [ds(0x00541300, String(1000 * (t + 1)))]), { frameTimes: [1, 2] }, inTime(() => [])],
    ],
    FrameIncrementPointer: [
      [nowhere(element(0x00280009, 'AT', Buffer.from(Uint16Array.of(0x0054, 0x0100).buffer))), {}, NOWHERE],
    ],
    SliceVector: [
      [nowhere(short(0x00540080, 1, 2)), {}, NOWHERE],
      [nowhere(short(0x00540080, 1, 2), short(0x00540020, 1, 2)), '(DetectorVector, SliceVector)', NOWHERE],
    ],
    ...Object.fromEntries(
      Object.entries(VECTORS).map(([name, tag]) => [
        name,
        [
          [nowhere(short(tag, 1, 2)), FILM, NOWHERE],
          [nowhere(short(tag, 1, 1)), {}, NOWHERE],
        ],
      ]),
    ),
    SpecificCharacterSet: [[one(cs(0x00080005, 'ISO_IR 192')), {}]],
    PlanePositionSequence: [[frames(each((frame) => [at(6 * frame)])), { spacing: [0.5, 2, 6] }, ENHANCED]],
    PlaneOrientationSequence: [
      [
        enhanced(() => [], shared(sequence(0x00209116, [ds(PLACE.orientation, '0\\1\\0\\-1\\0\\0')]))),
        { direction: [0, -1, 0, 1, 0, 0, 0, 0, 1] },
        ENHANCED,
      ],
    ],
    PixelMeasuresSequence: [
      [enhanced(() => [], shared(sequence(0x00289110, [ds(PLACE.spacing, '1\\1')]))), { spacing: [1, 1, 5] }, ENHANCED],
      [one(shared(sequence(0x00289110, [ds(0x00180088, '4')]))), { spacing: [0.5, 2, 4] }],
    ],
    PixelValueTransformationSequence: [
      [
        enhanced(() => [], shared(sequence(0x00289145, [ds(0x00281052, '-5'), ds(0x00281053, '2')]))),
        { rescale: { slope: 2, intercept: -5 } },
        ENHANCED,
      ],
    ],
    FrameVOILUTSequence: [
      [
        enhanced(() => [], shared(sequence(0x00289132, [ds(0x00281050, '100'), ds(0x00281051, '51')]))),
        { window: [74.5, 124.5] },
        ENHANCED,
      ],
    ],
    PlanePositionVolumeSequence: [
      [
        frames(each((frame) => [sequence(0x0020930e, [double(0x00209301, 0, 0, frame)])])),
        '(PlanePositionVolumeSequence)',
        TWO,
      ],
    ],
    TemporalPositionIndex: [[stills((frame) => [content(index(0x00209128, 2 - frame))]), reversed, INDEXED]],
    DimensionIndexValues: [[stills((frame) => [content(index(0x00209157, 2 - frame))]), reversed, INDEXED]],
    FrameAcquisitionDateTime: [
      [
        stills((frame) => [
          content(index(0x00209128, frame + 1), text(0x00189074, 'DT', `2024010112000${String(frame)}`)),
        ]),
        { frameTimes: [0, 1] },
        INDEXED,
      ],
    ],
    NominalCardiacTriggerDelayTime: [
      [
        stills((frame) => [
          content(index(0x00209128, frame + 1)),
          sequence(0x00189118, [double(0x00209153, 25 * frame)]),
        ]),
        { frameTimes: [0, 0.025] },
        INDEXED,
      ],
    ],
    EffectiveEchoTime: [
      [
        stills((frame) => [
          content(index(0x00209128, frame + 1)),
          sequence(0x00189114, [double(0x00189082, 5 + frame)]),
        ]),
        { frameLabels: ['TE = 5 ms', 'TE = 6 ms'] },
        INDEXED,
      ],
    ],
    ...ignored({
      SliceLocation: ds(0x00201041, '99'),
      FrameOfReferenceUID: text(0x00200052, 'UI', '1.2.9'),
      PositionReferenceIndicator: text(0x00201040, 'LO', 'x'),
      PatientPosition: cs(0x00185100, 'FFP'),
      PatientOrientation: cs(0x00200020, 'L\\P'),
      GantryDetectorTilt: ds(0x00181120, '15'),
      TableHeight: ds(0x00181130, '150'),
      NominalScannedPixelSpacing: ds(0x00182010, '9\\9'),
      EstimatedRadiographicMagnificationFactor: ds(0x00181114, '2'),
      PixelSpacingCalibrationType: cs(0x00280a02, 'GEOMETRY'),
      RescaleType: text(0x00281054, 'LO', 'HU'),
      Units: cs(0x00541001, 'BQML'),
      DoseUnits: cs(0x30040002, 'GY'),
      PixelIntensityRelationship: cs(0x00281040, 'LOG'),
      PixelIntensityRelationshipSign: signed(0x00281041, -1),
      RealWorldValueMappingSequence: sequence(0x00409096, [double(0x00409224, 5), double(0x00409225, 2)]),
      SmallestImagePixelValue: short(0x00280106, 5),
      LargestImagePixelValue: short(0x00280107, 5),
      PresentationLUTShape: cs(0x20500020, 'INVERSE'),
      RecommendedDisplayFrameRate: text(0x00082144, 'IS', '5'),
      LossyImageCompression: cs(0x00282110, '01'),
      BurnedInAnnotation: cs(0x00280301, 'YES'),
      ICCProfile: element(0x00282000, 'OB', Buffer.alloc(4)),
      OverlayData: element(0x60003000, 'OW', Buffer.alloc(2)),
      ShutterShape: cs(0x00181600, 'CIRCULAR'),
      Modality: cs(0x00080060, 'MR'),
    }),
  }),
};
