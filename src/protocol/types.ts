/** What both ends mean by a volume, a slice and a view. */

/** The element types of a volume, in the order of their codes on the wire. */
export const DTYPES = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const;
export type DType = (typeof DTYPES)[number];

/** A dtype's typed array. */
export interface DTypeArrays {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}
export type VoxelArray = DTypeArrays[DType];

/** The constructors of the typed arrays, by dtype. */
export const ARRAY_OF: {
  readonly [D in DType]: {
    new (length: number): DTypeArrays[D];
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): DTypeArrays[D];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The planes of a volume, in the order of their codes on the wire. `xy` cuts along z, `xz` along y, `yz` along x. */
export const PLANES = ['xy', 'xz', 'yz'] as const;
export type Plane = (typeof PLANES)[number];

/** The axes of a plane, 0 for x, 1 for y, 2 for z: along its columns, along its rows, and across it. */
export const PLANE_AXES: { readonly [P in Plane]: readonly [first: Axis, second: Axis, normal: Axis] } = {
  xy: [0, 1, 2],
  xz: [0, 2, 1],
  yz: [1, 2, 0],
};
export type Axis = 0 | 1 | 2;

/** Three numbers, along x, y and z. */
export type Triple = readonly [x: number, y: number, z: number];

/** `slice`: one plane. `planes`: the three of them. `volume`: the three slices in the volume's box, in perspective. */
export const LAYOUTS = ['slice', 'planes', 'volume'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** How values between voxels are had, before they are colours. */
export const INTERPOLATIONS = ['nearest', 'linear'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

/** What a slab of several slices shows of the values that lie behind each other. */
export const PROJECTIONS = ['max', 'min', 'mean'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** `radiological`: the patient's right is on the left, as if seen from the feet. `neurological`: on the right. */
export const CONVENTIONS = ['radiological', 'neurological'] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** What playing does at the last slice. */
export const PLAYBACKS = ['loop', 'bounce'] as const;
export type Playback = (typeof PLAYBACKS)[number];

/**
 * What the stored values of a volume stand for: slope · value + intercept, such as Hounsfield units. Both are finite, and
 * the slope is not 0.
 */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** Real values from low to high, which may be one, that stand for nothing, such as what a scanner writes around its round field of view. */
export type Padding = readonly [low: number, high: number];

/** Low is drawn in the first colour and high in the last; low < high, in the volume's real values. */
export type Window = readonly [low: number, high: number];

/** Number of voxels along x, y and z; x runs fastest. */
export type Shape = readonly [width: number, height: number, depth: number];

/**
 * A slice's level of detail: 2^level voxels along its columns and along its rows stand for one. [0, 0] is full
 * resolution. Each axis has its own, because a picture may stretch one of them.
 */
export type Level = readonly [columns: number, rows: number];

/** The highest level of an axis: the longest one that an array can have then takes 2048 pixels. */
export const MAX_LEVEL = 21;

/** How a tile travels, in the order of the codes on the wire. */
export const ENCODINGS = ['raw', 'packed', 'preview'] as const;
/**
 * `raw`: the voxels. `packed`: the same, compressed without loss. `preview`: a small picture of them, JPEG or
 * WebP, through a window, for a line on which the voxels would take long.
 */
export type Encoding = (typeof ENCODINGS)[number];

/** What is known of one channel besides its values. */
export interface ChannelInfo {
  /** Of the dye, for instance; empty if nobody gave one. */
  readonly name: string;
  /** `#rrggbb`: what its highest values are drawn in; null if nobody said one. */
  readonly color: string | null;
  /** The window to start with; null if nobody gave one. */
  readonly window: Window | null;
  /** Whether it is drawn at first. */
  readonly visible: boolean;
}

/** What one value of a label map stands for, and how it is drawn. */
export interface LabelInfo {
  /** Up to 256 characters; left out if nobody gave one. */
  readonly name?: string;
  /**
   * `#rrggbb`, or `#rrggbbaa` if it is partly transparent; left out if nobody gave one, and the label has a colour of the
   * colour map `labels`.
   */
  readonly color?: string;
}

/** Labels by value. */
export type Labels = Readonly<Record<string, LabelInfo>>;

/** A rectangle of a slice, in pixels of its level. */
export interface TileRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How the rows and columns of a slice lie on the screen: first transposed (rows become columns), then
 * flipped. Eight orientations, closed under quarter turns.
 */
export interface Orientation {
  readonly transpose: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/**
 * Letters at the edges of the picture, such as R, L, A, P; where the volume has no direction the names of its axes at the
 * ends to which they lead, and null where they have none.
 */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** What is needed to draw slices of one plane. Width and height are those of the data, before orientation. */
export interface PlaneInfo {
  /** Number of slices: an index is from 0 to count − 1. */
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Distance between columns and between rows, in the volume's unit. */
  readonly spacing: readonly [columns: number, rows: number];
  readonly orientation: Orientation;
  readonly edges: Edges | null;
}

/** What any volume that a view draws is to a client. */
export interface LayerInfo {
  /** Identifies a volume and its content: a swap and a `refresh()` each take a new number. */
  readonly revision: number;
  readonly name: string;
  /** Of its slices, whose values are as they are stored. */
  readonly dtype: DType;
  /** What they stand for; null where they are the real values. */
  readonly rescale: Rescale | null;
  /** 1, or 3 or 4 for RGB and RGBA `uint8`. */
  readonly components: number;
  /** Of its slices, the stored values from one to the other that stand for nothing; left out where there are none. */
  readonly padding?: Padding;
  readonly planes: { readonly [P in Plane]: PlaneInfo };
  /** Volumes in time, of one shape; 1 for a 3D volume. An overlay has one, which is drawn at all times, or as many as the volume below. */
  readonly frames: number;
  /** What its values stand for, by value; null or left out if nobody said it. */
  readonly labels?: Labels | null;
}

/** All that a client learns of a volume, besides its slices. */
export interface VolumeInfo extends LayerInfo {
  readonly shape: Shape;
  /** Volumes of one time and shape that are drawn together; 1 for most. */
  readonly channels: number;
  /** A name of each channel, empty where it has none; null where none has one. */
  readonly channelNames: readonly string[] | null;
  /** Seconds at which each frame was taken; null where nobody knows them. */
  readonly frameTimes: readonly number[] | null;
  /** What each frame is besides its time, such as `b = 1000 s/mm²`; null where nobody says it. */
  readonly frameLabels: readonly string[] | null;
  /** Distance between voxels along x, y and z, in `unit`. */
  readonly spacing: Triple;
  /** Position of the middle of voxel (0, 0, 0), in `unit`. */
  readonly origin: Triple;
  /** Row-major 3 × 3, LPS, whose column i is where axis i points; null for a plain image. */
  readonly direction: readonly number[] | null;
  /** Of distances, such as `mm`; `px` where nobody gave a spacing. */
  readonly unit: string;
  /** Read from chunks when it is needed: a coarser level may hold averages, of no voxel's value. */
  readonly chunked: boolean;
  /** Sentences that a person must know to read the volume right; left out if there are none. */
  readonly notes?: readonly string[];
  /** The slices along z that hold no measured values, ascending; left out if there are none. */
  readonly emptySlices?: readonly number[];
}

/**
 * A volume drawn over another one. Its planes are those of the volume below: as many slices, covering the same
 * rectangle, in as many or more pixels.
 */
export interface OverlayInfo extends LayerInfo {
  /** Of a label map, whose values are never mixed; null for a map of numbers. */
  readonly labels: Labels | null;
}

/** How one channel of a volume with several is drawn; they are added up. */
export interface ChannelSettings {
  readonly colormap: string;
  readonly window: Window;
  readonly visible: boolean;
}

/** How an overlay is drawn. */
export interface OverlaySettings extends ChannelSettings {
  /** From 0 to 1. */
  readonly opacity: number;
}

/** Where the eye of the `volume` layout is: in units of the box' longest side, from the middle of the box. */
export interface Camera {
  readonly position: Triple;
  readonly target: Triple;
}

/** The part of a view's state that both ends may change. */
export interface ViewSettings {
  readonly layout: Layout;
  readonly plane: Plane;
  /** From 0 to the plane's count − 1: `position` along the plane's normal. */
  readonly index: number;
  /** The voxel at which the three planes meet. */
  readonly position: Triple;
  /** From 0 to the volume's frames − 1. */
  readonly frame: number;
  /** For a volume of one channel; one of several has a window and a colour map for each. */
  readonly window: Window;
  /** One of `shading`'s colour maps. */
  readonly colormap: string;
  /** The colour map back to front. */
  readonly invert: boolean;
  readonly interpolation: Interpolation;
  /** Quarter turns clockwise. */
  readonly rotation: 0 | 1 | 2 | 3;
  /** Of the picture, after its rotation. */
  readonly flip: readonly [horizontal: boolean, vertical: boolean];
  /** 1 fits the slice into the canvas; 2 shows it twice as large. */
  readonly zoom: number;
  /** The point of the volume at the middle of the canvas, as shares of its edges; [0.5, 0.5, 0.5] is its middle. */
  readonly center: Triple;
  /** Whether lines show where the other planes are, in the layout `planes`. */
  readonly crosshair: boolean;
  readonly convention: Convention;
  /** Slices that are seen through at once, around `index`; 1 for a slice alone. */
  readonly slab: number;
  readonly projection: Projection;
  readonly playing: boolean;
  /** Slices, or frames of a volume that has several, a second. */
  readonly rate: number;
  readonly playback: Playback;
  readonly camera: Camera;
  /** One for each channel, or none where there is one channel only. */
  readonly channels: readonly ChannelSettings[];
  /** One for each overlay. */
  readonly overlays: readonly OverlaySettings[];
}

/** What a kernel can listen to besides changes. */
export const POINTER_EVENTS = ['probe', 'click'] as const;
export type PointerEventName = (typeof POINTER_EVENTS)[number];

/** A view's whole state, as every client has it. */
export interface ViewState extends ViewSettings {
  readonly volume: VolumeInfo;
  /** As many as the settings have. */
  readonly overlayVolumes: readonly OverlayInfo[];
  /** Settings that nobody has chosen yet: a page may set them as its person prefers. */
  readonly defaulted: readonly (keyof ViewSettings)[];
  /** What the kernel listens to. */
  readonly listens: readonly PointerEventName[];
}
