import type { DType, Rescale, Shape, Triple, VoxelArray, Window } from '../protocol';
import type { Description, PartPlace, VolumeRecord } from '../volume';
import type { OnFraction } from './format';

/** The kinds of files that can be written. */
export const WRITABLE_NAMES = ['nifti', 'nrrd', 'metaimage', 'mrc', 'npy', 'tiff', 'zarr', 'dicom'] as const;

export type WritableName = (typeof WRITABLE_NAMES)[number];

/** How a file is written, besides what is in it: plain data, so that it can go to the writing thread. */
export interface WriteOptions {
  /** How hard values are packed, from 0 (not at all) to 9, where the format may pack them. */
  readonly compression?: number | undefined;
  /** Of OME-Zarr: which version. Default 0.5. */
  readonly version?: '0.4' | '0.5' | undefined;
  /** Of OME-Zarr: voxels of a chunk along x, y and z. */
  readonly chunks?: Shape | undefined;
  /** Of OME-Zarr: how many levels of detail there are at most, the finest first. Default: until one fits a screen. */
  readonly levels?: number | undefined;
  /** Of DICOM SEG: the folder, or the files, of the series that the label map was drawn on. */
  readonly over?: string | readonly string[] | undefined;
  /** Of DICOM SEG: whether what the series says of patient and study is left out, and its identifiers replaced. Default false. */
  readonly deidentify?: boolean | undefined;
}

/** What a file is to say of a volume; dtype and rescale are those of its values in the file. */
export interface Plain extends Description {
  readonly dtype: DType;
}

/** A level of detail of what is to be in a file. */
export interface ContentLevel {
  readonly shape: Shape;
  /** Voxels of the finest level that one of this level's stands for, along x, y and z. */
  readonly factors: Triple;
  /** Voxels of a chunk that is read as a whole; null where the volume is in memory. */
  readonly chunk: Triple | null;
}

/** A volume as it is to be in a file: its values are converted to the file's dtype on the way. */
export interface Content extends Plain {
  /** Where it is in the end: stands in errors. */
  readonly path: string;
  /** What it is made of, for another thread to make the same. */
  readonly source: { readonly record: VolumeRecord; readonly plain: Plain; readonly path: string };
  /** The window that a view starts a channel with. */
  readonly windowOf: (channel: number) => Window;
  /** The levels of detail that the volume has; one where it has no others. */
  readonly levels: readonly ContentLevel[];
  /**
   * Values of one frame and channel, x fastest. If nothing is converted, they are the volume's own:
   * never write into them. A volume in chunks is read as far as the box needs it.
   * @param from the first voxel of the box; without it, with `size`, the whole.
   * @param level of the voxels, 0 for the finest, which is the default.
   * @throws SlicescopeError `unsupported-format` if the dtype can't hold a value; what reading chunks
   *   throws.
   */
  readonly values: (part: PartPlace, from?: Shape, size?: Shape, level?: number) => Promise<VoxelArray>;
  /** Takes values back that nobody reads any more, for the next ones: fresh memory takes longer. The volume's own stay as they are. */
  readonly giveBack: (values: VoxelArray) => void;
}

/** One kind of files that can be written. */
export interface Writer {
  readonly name: WritableName;
  /** For sentences and the guide. */
  readonly title: string;
  /** `.nii`, `.nii.gz`: the longest that fits decides. */
  readonly endings: readonly string[];
  /** Whether it is a folder. */
  readonly isStore: boolean;
  /** Of values in a file. */
  readonly dtypes: readonly DType[];
  /** Of the options of writing, those that it heeds. */
  readonly heeds: readonly (keyof WriteOptions)[];
  /** Whether a file says what stored values of a dtype stand for. Where it does not, real values are written. */
  readonly holdsRescale: (dtype: DType, rescale: Rescale) => boolean;
  /**
   * What the format can't hold.
   * @param path of the file, for errors, and for what its ending decides.
   * @returns sentences about what is left out.
   * @throws SlicescopeError `unsupported-format` where values would change.
   */
  readonly check: (plain: Plain, path: string, options: WriteOptions) => readonly string[];
  /**
   * The file of values that a header names; null if it names none. Without it, values never lie in a second file.
   * @throws SlicescopeError if it is no header.
   */
  readonly valuesFile?: (header: string) => Promise<string | null>;
  /**
   * Write it.
   * @param target the file or the folder, by the name that it will have, in a new folder that has
   *   nothing else. What is written beside it there is put beside it in the end.
   * @param onNote told a sentence about what is left out or changed, which only the values tell.
   */
  readonly write: (
    content: Content,
    target: string,
    options: WriteOptions,
    onFraction: OnFraction,
    onNote?: (note: string) => void,
  ) => Promise<void>;
}
