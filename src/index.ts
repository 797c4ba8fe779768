/** The public interface of slicescope. */
import { keepSpareThread } from './formats';
import { open, save } from './notebook';
import { Volume as VolumeClass } from './volume';

keepSpareThread();
VolumeClass.prototype.save = save;

/** A 3D volume; `Volume.from`, `Volume.alloc` and `Volume.open` make one. */
export type Volume = VolumeClass;
export const Volume: typeof VolumeClass & { open: typeof open } = Object.assign(VolumeClass, { open });

export {
  exportAnimation,
  exportMontage,
  exportSlice,
  exportStack,
  type AnimationOptions,
  type ChannelLook,
  type ChannelOptions,
  type ExportOptions,
  type FileOptions,
  type LookOptions,
  type MontageOptions,
  type Overlay,
  type OverlayOptions,
  type PlaneName,
  type RangeOptions,
  type StackOptions,
  type WindowChoice,
} from './export';
export type {
  FileHeader,
  FormatName,
  Openable,
  OpenOptions,
  OpenProgress,
  RawDescription,
  SaveOptions,
  SaveProgress,
  Saved,
  WritableName,
} from './formats';
export {
  link,
  show,
  type ChangeEvent,
  type SetOptions,
  type SettingName,
  type SliceView,
  type SwapOptions,
  type ViewEvents,
  type ViewOptions,
  type VoxelEvent,
} from './notebook';
export {
  SlicescopeError,
  isSlicescopeError,
  type ChannelInfo,
  type DType,
  type ErrorCode,
  type LabelInfo,
  type Padding,
  type Plane,
  type Rescale,
  type Shape,
  type Window,
} from './protocol';
export type { ColormapName, WindowName } from './shading';
export type { GivenLabels, Part, SliceOptions, StoredType, VolumeOptions, VolumeSlice, VoxelSource } from './volume';
