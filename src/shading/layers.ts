import type { Interpolation, ViewState, Window } from '../protocol';

/** How one volume of a view is drawn. */
export interface LayerLook {
  /** Which volume: the channels from 0 on, then the overlays. */
  readonly layer: number;
  readonly window: Window;
  readonly colormap: string;
  readonly invert: boolean;
  readonly interpolation: Interpolation;
  /** From 0 to 1. */
  readonly opacity: number;
  /** `over`: covers what is below it. `add`: its colours are added to those below. */
  readonly blend: 'over' | 'add';
}

/** What of a view's state decides which volumes are drawn, and how. */
export type LayerState = Pick<
  ViewState,
  'window' | 'colormap' | 'invert' | 'interpolation' | 'channels' | 'overlays' | 'overlayVolumes'
>;

/** The volumes that a view draws, in the order in which it does; those that are switched off are not among them. */
export function layersOf(state: LayerState): readonly LayerLook[] {
  const { window, colormap, invert, interpolation, channels, overlays, overlayVolumes } = state;
  const plain = { invert, interpolation, opacity: 1 } as const;
  const base: readonly LayerLook[] =
    channels.length === 0
      ? [{ layer: 0, window, colormap, ...plain, blend: 'over' }]
      : channels.flatMap(({ visible, ...of }, layer) => (visible ? [{ layer, ...of, ...plain, blend: 'add' }] : []));
  const first = Math.max(1, channels.length);
  const over = overlays.flatMap(({ visible, ...of }, at): LayerLook[] => {
    const isLabels = overlayVolumes[at]?.labels != null;
    const look = { invert: false, interpolation: isLabels ? 'nearest' : interpolation, blend: 'over' } as const;
    return visible && of.opacity > 0 ? [{ layer: first + at, ...of, ...look }] : [];
  });
  return [...base, ...over];
}
