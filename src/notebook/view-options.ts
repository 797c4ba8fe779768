import type { LookOptions, WindowChoice } from '../export';
import { SlicescopeError, type Camera, type Layout, type Playback, type ViewSettings } from '../protocol';
import type { VoxelEvent } from './voxel-event';

/** What a view can be set to, at its start and later. */
export interface ViewOptions extends LookOptions {
  /** One plane, the three of them, or their slices in the volume's box. Default `slice`. */
  readonly layout?: Layout;
  /** Whether lines show where the other planes are, in the layout `planes`. Default true. */
  readonly crosshair?: boolean;
  /** Whether slices, or frames where there are several, follow each other by themselves. Default false. */
  readonly playing?: boolean;
  /** How many of them a second, from 1 to 60. Default 10. */
  readonly rate?: number;
  /** What comes after the last one. Default `loop`. */
  readonly playback?: Playback;
  /** Where the eye of the layout `volume` is, in units of the box' longest side from its middle. */
  readonly camera?: Camera;
}

/** What a view can be set to at once; its overlays have a property of their own. */
export type SetOptions = Omit<ViewOptions, 'overlays'>;

/** How a view goes on with another volume. */
export interface SwapOptions extends Omit<SetOptions, 'window'> {
  /**
   * A window for the new volume; `keep` for the one that there is, whatever the new volume's values. Default: the one
   * that there is, if somebody chose it and the new volume's values meet it, else the new volume's own.
   */
  readonly window?: WindowChoice | 'keep';
}

/** What a person changed in the browser: the view's settings after it, and which of them are new. */
export interface ChangeEvent extends ViewSettings {
  readonly changed: readonly (keyof ViewSettings)[];
}

/** What a view can be listened for. */
export interface ViewEvents {
  /** A person changed the view in a browser, or one that it is linked to. */
  change: ChangeEvent;
  /** A person's pointer is over another voxel. */
  probe: VoxelEvent;
  /** A person clicked a voxel. */
  click: VoxelEvent;
}

/** @throws SlicescopeError `invalid-argument` where overlays are among the settings. */
export function refuseOverlays(options: object, caller: string): void {
  if ((options as ViewOptions | null)?.overlays === undefined) return;
  const message = `${caller}: overlays are no setting; give view.overlays a list, or call view.setOverlay`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'overlays' });
}
