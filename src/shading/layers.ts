import {
  storedWindow,
  type Interpolation,
  type Labels,
  type Rescale,
  type ViewState,
  type VolumeInfo,
  type Window,
} from '../protocol';
import { isCategorical } from './colormaps';
import { paletteOf, type Palette } from './palette';

/** How one volume of a view is drawn. */
export interface LayerLook {
  /** Which volume: the channels from 0 on, then the overlays. */
  readonly layer: number;
  /**
   * In the values of its slices, which are as they are stored: low is the greater one where a rescale turns their order
   * round.
   */
  readonly window: Window;
  /** What the stored values stand for: labels are told by it. */
  readonly rescale: Rescale | null;
  readonly colormap: string;
  /** The colours that labels have of their own, in a colour map for labels; null if none has one. */
  readonly palette: Palette | null;
  readonly invert: boolean;
  readonly interpolation: Interpolation;
  /** From 0 to 1. */
  readonly opacity: number;
  /** `over`: covers what is below it. `add`: its colours are added to those below. */
  readonly blend: 'over' | 'add';
}

/** What of a view's state decides which volumes are drawn, and how. */
export interface LayerState extends Pick<
  ViewState,
  'window' | 'colormap' | 'invert' | 'interpolation' | 'channels' | 'overlays' | 'overlayVolumes'
> {
  readonly volume: Pick<VolumeInfo, 'rescale' | 'labels'>;
}

/**
 * The volumes that a view draws, in the order in which it does; those that are switched off are not among them. Here, and
 * nowhere else, windows of real values become those of stored ones.
 */
export function layersOf(state: LayerState): readonly LayerLook[] {
  const { window, colormap, invert, interpolation, channels, overlays, overlayVolumes } = state;
  const { rescale, labels: own } = state.volume;
  const plain = { rescale, invert, interpolation, opacity: 1 } as const;
  const palette = (map: string, labels: Labels | null | undefined): Palette | null =>
    isCategorical(map) ? paletteOf(labels) : null;
  const stored = (real: Window): Window => storedWindow(real, rescale);
  const base: readonly LayerLook[] =
    channels.length === 0
      ? [{ layer: 0, window: stored(window), colormap, palette: palette(colormap, own), ...plain, blend: 'over' }]
      : channels.flatMap(({ visible, ...of }, layer) =>
          visible
            ? [{ layer, ...of, window: stored(of.window), palette: palette(of.colormap, own), ...plain, blend: 'add' }]
            : [],
        );
  const first = Math.max(1, channels.length);
  const over = overlays.flatMap(({ visible, ...of }, at): LayerLook[] => {
    if (!visible || of.opacity === 0) return [];
    const { labels = null, rescale: its = null } = overlayVolumes[at] ?? {};
    const look = { invert: false, interpolation: labels === null ? interpolation : 'nearest', blend: 'over' } as const;
    const colors = { palette: palette(of.colormap, labels), rescale: its };
    return [{ layer: first + at, ...of, window: storedWindow(of.window, its), ...colors, ...look }];
  });
  return [...base, ...over];
}
