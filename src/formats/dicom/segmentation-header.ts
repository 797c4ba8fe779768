/** The elements of a segmentation before its pixels (PS3.3 A.51). */
import { usualColor } from '../labels';
import type { Content } from '../writer';
import { labOfColor } from './cielab';
import {
  coded,
  decimals,
  fileHead,
  inOrder,
  longs,
  newUid,
  sequence,
  shorts,
  tagOf,
  text,
  type Element,
} from './data-set';
import { cross, textOf, type Plane } from './image';
import type { SourceSeries } from './source-series';
import { segmentName } from './write';

const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
const MAKER = 'slicescope';
/** A label map says no more of what its labels are than their names. */
const TISSUE = ['85756007', 'SCT', 'Tissue'] as const;
const SEGMENTED = ['113076', 'DCM', 'Segmentation'] as const;
const SOURCE_IMAGE = ['121322', 'DCM', 'Source image for image processing operation'] as const;
const BASIC_PROFILE = ['113100', 'DCM', 'Basic Application Confidentiality Profile'] as const;

/** A mask: of which label it is, the number of its segment, and its slice of the series. */
export interface SegmentFrame {
  readonly label: number;
  readonly segment: number;
  readonly z: number;
}

interface Said {
  readonly content: Content;
  readonly source: SourceSeries;
  /** In the order of their segments. */
  readonly labels: readonly number[];
  readonly frames: readonly SegmentFrame[];
  readonly deidentify: boolean;
}

/** Everything but the pixels, which follow. */
export function segmentationHeader(said: Said): Buffer {
  const instance = newUid();
  const identity = new Identity(said.source, said.deidentify);
  const elements = [
    text(0x0008_0016, 'UI', SEGMENTATION_STORAGE),
    text(0x0008_0018, 'UI', instance),
    ...identity.patientAndStudy(),
    ...seriesOf(said, identity),
    ...imageOf(said, identity),
    ...segmentsOf(said),
    ...groupsOf(said, identity),
  ];
  return Buffer.concat([fileHead(SEGMENTATION_STORAGE, instance), inOrder(elements)]);
}

/** What is taken over from the source, or replaced by PS3.15's Basic Application Level Confidentiality Profile. */
class Identity {
  readonly #source: SourceSeries;
  readonly #isHidden: boolean;
  readonly #uids = new Map<string, string>();

  constructor(source: SourceSeries, isHidden: boolean) {
    this.#source = source;
    this.#isHidden = isHidden;
  }

  /** An identifier of the source, or the one that stands for it. */
  uid(of: string): string {
    if (!this.#isHidden && of !== '') return of;
    const uid = this.#uids.get(of) ?? newUid();
    this.#uids.set(of, uid);
    return uid;
  }

  said(tag: string): string {
    const { dataSet } = this.#source;
    // What is left of switches between character sets.
    return textOf(dataSet, tag).replace(/\u001b[\u0020-\u002f]+[\u0030-\u007e]/g, '');
  }

  patientAndStudy(): readonly Element[] {
    const kept = (tag: number, vr: string): Element => text(tag, vr, this.#isHidden ? '' : this.said(nameOf(tag)));
    const optional = (tag: number, vr: string): readonly Element[] =>
      this.#isHidden || this.said(nameOf(tag)) === '' ? [] : [kept(tag, vr)];
    return [
      text(0x0008_0005, 'CS', 'ISO_IR 192'),
      kept(0x0008_0020, 'DA'), // StudyDate
      kept(0x0008_0030, 'TM'), // StudyTime
      kept(0x0008_0050, 'SH'), // AccessionNumber
      kept(0x0008_0090, 'PN'), // ReferringPhysicianName
      ...optional(0x0008_1030, 'LO'), // StudyDescription
      kept(0x0010_0010, 'PN'), // PatientName
      kept(0x0010_0020, 'LO'), // PatientID
      ...optional(0x0010_0021, 'LO'), // IssuerOfPatientID
      kept(0x0010_0030, 'DA'), // PatientBirthDate
      kept(0x0010_0040, 'CS'), // PatientSex
      ...optional(0x0010_1010, 'AS'), // PatientAge
      ...optional(0x0010_1020, 'DS'), // PatientSize
      ...optional(0x0010_1030, 'DS'), // PatientWeight
      text(0x0020_000d, 'UI', this.uid(this.said('x0020000d'))),
      kept(0x0020_0010, 'SH'), // StudyID
      text(0x0020_0052, 'UI', this.uid(this.said('x00200052'))),
      kept(0x0020_1040, 'LO'), // PositionReferenceIndicator
      ...(this.#isHidden
        ? [
            text(0x0012_0062, 'CS', 'YES'), // PatientIdentityRemoved
            coded(0x0012_0064, BASIC_PROFILE),
            text(0x0028_0303, 'CS', 'REMOVED'), // LongitudinalTemporalInformationModified
          ]
        : []),
    ];
  }

  /** When the segmentation was made. */
  now(): readonly [date: string, time: string] {
    if (this.#isHidden) return ['20000101', '000000'];
    const two = (value: number): string => String(value).padStart(2, '0');
    const now = new Date();
    return [
      `${String(now.getFullYear())}${two(now.getMonth() + 1)}${two(now.getDate())}`,
      `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`,
    ];
  }
}

const nameOf = (tag: number): string => `x${tag.toString(16).padStart(8, '0')}`;

function seriesOf({ source }: Said, identity: Identity): readonly Element[] {
  const [date, time] = identity.now();
  const [{ seriesUid }] = source.images;
  return [
    text(0x0008_0023, 'DA', date),
    text(0x0008_0033, 'TM', time),
    text(0x0008_0060, 'CS', 'SEG'),
    text(0x0008_0070, 'LO', MAKER),
    text(0x0008_1090, 'LO', MAKER), // ManufacturerModelName
    text(0x0018_1000, 'LO', '1'), // DeviceSerialNumber
    text(0x0018_1020, 'LO', '1'), // SoftwareVersions
    text(0x0020_000e, 'UI', newUid()),
    text(0x0020_0011, 'IS', '1000'), // SeriesNumber
    text(0x0020_0013, 'IS', '1'), // InstanceNumber
    sequence(0x0008_1115, [
      text(0x0020_000e, 'UI', identity.uid(seriesUid)),
      sequence(0x0008_114a, ...source.images.map((image) => referenceTo(image, identity))),
    ]),
  ];
}

function referenceTo(image: Plane['image'], identity: Identity): readonly Element[] {
  return [text(0x0008_1150, 'UI', image.sopClass), text(0x0008_1155, 'UI', identity.uid(image.instanceUid))];
}

function imageOf({ source, frames }: Said, identity: Identity): readonly Element[] {
  const [width, height] = source.grid.shape;
  const isLossy = identity.said('x00282110') === '01';
  return [
    text(0x0008_0008, 'CS', 'DERIVED', 'PRIMARY'),
    shorts(0x0028_0002, 1),
    text(0x0028_0004, 'CS', 'MONOCHROME2'),
    text(0x0028_0008, 'IS', String(frames.length)),
    shorts(0x0028_0010, height),
    shorts(0x0028_0011, width),
    shorts(0x0028_0100, 1),
    shorts(0x0028_0101, 1),
    shorts(0x0028_0102, 0),
    shorts(0x0028_0103, 0),
    text(0x0028_2110, 'CS', isLossy ? '01' : '00'), // LossyImageCompression
    ...(isLossy
      ? [text(0x0028_2112, 'DS', identity.said('x00282112')), text(0x0028_2114, 'CS', identity.said('x00282114'))]
      : []),
    text(0x0062_0001, 'CS', 'BINARY'),
    text(0x0062_0013, 'CS', 'NO'), // SegmentsOverlap
    text(0x0070_0080, 'CS', 'SEGMENTATION'), // ContentLabel
    text(0x0070_0081, 'LO', ''), // ContentDescription
    text(0x0070_0084, 'PN', ''), // ContentCreatorName
  ];
}

function segmentsOf({ content, labels }: Said): readonly Element[] {
  const items = labels.map((label, at) => {
    const { name = '', color = usualColor(label) } = content.labels?.[String(label)] ?? {};
    return [
      coded(0x0062_0003, TISSUE),
      shorts(0x0062_0004, at + 1),
      text(0x0062_0005, 'LO', segmentName(name) ?? `Segment ${String(label)}`),
      text(0x0062_0008, 'CS', 'SEMIAUTOMATIC'),
      text(0x0062_0009, 'LO', MAKER), // SegmentAlgorithmName
      shorts(0x0062_000d, ...labOfColor(color)), // RecommendedDisplayCIELabValue
      coded(0x0062_000f, TISSUE),
    ];
  });
  return [sequence(0x0062_0002, ...items)];
}

/** Where frames are, and of which segment: in all, and in each. */
function groupsOf({ source, frames }: Said, identity: Identity): readonly Element[] {
  const { grid, planes } = source;
  const { spacing, origin, direction } = grid;
  const axis = (of: number): readonly number[] => [0, 1, 2].map((row) => direction[3 * row + of] as number);
  const [row, column, along] = [axis(0), axis(1), axis(2)];
  const normal = cross(row, column);
  const distance = spacing[2] * along.reduce((sum, each, at) => sum + each * (normal[at] as number), 0);
  const organization = newUid();
  const dimension = (pointer: number, group: number): readonly Element[] => [
    text(0x0020_9164, 'UI', organization),
    tagOf(0x0020_9165, pointer),
    tagOf(0x0020_9167, group),
  ];
  const slices = [...new Set(frames.map(({ z }) => z))].sort((one, other) => one - other);
  const derivations = new Map(slices.map((z) => [z, derivationFrom(planes[z] ?? [], identity)]));
  const items = frames.map(({ segment, z }) => {
    const [plane] = planes[z] ?? [];
    const place = plane?.position ?? origin.map((each, at) => each + z * spacing[2] * (along[at] as number));
    return [
      ...(derivations.get(z) ?? []),
      sequence(0x0020_9111, [longs(0x0020_9157, segment, slices.indexOf(z) + 1)]), // FrameContentSequence
      sequence(0x0020_9113, [decimals(0x0020_0032, ...place)]), // PlanePositionSequence
      sequence(0x0062_000a, [shorts(0x0062_000b, segment)]), // SegmentIdentificationSequence
    ];
  });
  const measures = [
    decimals(0x0018_0050, distance), // SliceThickness
    decimals(0x0018_0088, distance), // SpacingBetweenSlices
    decimals(0x0028_0030, spacing[1], spacing[0]), // PixelSpacing: of rows first
  ];
  return [
    sequence(0x0020_9221, [text(0x0020_9164, 'UI', organization)]),
    sequence(0x0020_9222, dimension(0x0062_000b, 0x0062_000a), dimension(0x0020_0032, 0x0020_9113)),
    sequence(0x5200_9229, [
      sequence(0x0020_9116, [decimals(0x0020_0037, ...row, ...column)]), // PlaneOrientationSequence
      sequence(0x0028_9110, measures), // PixelMeasuresSequence
    ]),
    sequence(0x5200_9230, ...items),
  ];
}

/** Which images a slice was drawn on (DerivationImageSequence); nothing where there are none. */
function derivationFrom(planes: readonly Plane[], identity: Identity): readonly Element[] {
  if (planes.length === 0) return [];
  const images = planes.map(({ image, frame }) => {
    const isOneOfSeveral = image.mosaic === null && image.layout.frames > 1;
    return [
      ...referenceTo(image, identity),
      ...(isOneOfSeveral ? [text(0x0008_1160, 'IS', String(frame + 1))] : []), // ReferencedFrameNumber
      text(0x0028_135a, 'CS', 'YES'), // SpatialLocationsPreserved
      coded(0x0040_a170, SOURCE_IMAGE), // PurposeOfReferenceCodeSequence
    ];
  });
  return [sequence(0x0008_9124, [coded(0x0008_9215, SEGMENTED), sequence(0x0008_2112, ...images)])];
}
