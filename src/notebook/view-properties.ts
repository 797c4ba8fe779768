import type { ChannelOptions } from '../export';
import type {
  Camera,
  Convention,
  Interpolation,
  Layout,
  Playback,
  Projection,
  Triple,
  ViewSettings,
} from '../protocol';
import { PLAIN_SETTINGS, type ColormapName } from '../shading';

/**
 * The settings of a view that are properties of its handle. To set one is a change like any other: it reaches every
 * browser, and a value that can't be is an error that says why, and changes nothing.
 */
export abstract class ViewProperties {
  /** One plane, the three of them, or their slices in the volume's box. */
  declare layout: Layout;
  /** Which slice is shown: from 0 to the number of slices along the plane's normal − 1. */
  declare index: number;
  /** The voxel at which the three planes meet; the shown slice goes with it. */
  declare position: Triple;
  /** Of a volume with several: from 0 to their number − 1. */
  declare frame: number;
  declare colormap: ColormapName;
  /** The colour map back to front. */
  declare invert: boolean;
  /** How values between voxels are had. */
  declare interpolation: Interpolation;
  /** Quarter turns clockwise. */
  declare rotation: 0 | 1 | 2 | 3;
  /** Whether the picture is mirrored, after its rotation. */
  declare flip: readonly [horizontal: boolean, vertical: boolean];
  /** Magnification, from 1/256 to 256; 1 shows the whole slice. */
  declare zoom: number;
  /** The point of the volume at the middle of the view, as shares of its edges. */
  declare center: Triple;
  /** Whether lines show where the other planes are, in the layout `planes`. */
  declare crosshair: boolean;
  /** On which side the patient's right is: `radiological`, left, or `neurological`. */
  declare convention: Convention;
  /** How many slices are seen through at once, from 1 on. */
  declare slab: number;
  /** What a slab shows of the values behind each other. */
  declare projection: Projection;
  /** Whether slices, or frames where there are several, follow each other by themselves. */
  declare playing: boolean;
  /** How many of them a second, from 1 to 60. */
  declare rate: number;
  /** What comes after the last one. */
  declare playback: Playback;
  /** Where the eye of the layout `volume` is, in units of the box' longest side from its middle. */
  declare camera: Camera;
  /** How each channel is drawn; none where the volume has one only. */
  declare channels: readonly ChannelOptions[];

  /** The settings as they are now. */
  protected abstract readSettings(): ViewSettings;

  /** Change settings; `caller` begins the sentence of an error. */
  protected abstract changeSettings(patch: object, caller: string): void;

  static {
    // `plane` has an accessor of its own in SliceView, which takes more names.
    const names = [...Object.keys(PLAIN_SETTINGS), 'index', 'position', 'channels'] as (keyof ViewSettings)[];
    for (const name of names) {
      Object.defineProperty(ViewProperties.prototype, name, {
        get(this: ViewProperties): unknown {
          return this.readSettings()[name];
        },
        set(this: ViewProperties, value: unknown) {
          this.changeSettings({ [name]: value }, `view.${name}`);
        },
        configurable: true,
        enumerable: true,
      });
    }
  }
}
