import type { LayerInfo, ValueKind, ViewSettings, ViewState, Window } from '../../protocol';
import { isCategorical } from '../../shading';

/** A volume that a view draws, named for a person and with the settings that are its own. */
export interface Layer {
  /** Which volume of the view: its channels from 0 on, then its overlays. */
  readonly layer: number;
  readonly kind: 'volume' | 'channel' | 'overlay';
  /** The place in `channels` or `overlays`. */
  readonly at: number;
  readonly window: Window;
  readonly colormap: string;
  readonly visible: boolean;
  /** Of the channel, the volume or the overlay; empty if it has none. */
  readonly name: string;
  readonly info: LayerInfo;
}

/** All volumes of a view, also those that are switched off. */
export function layersIn({ volume, window, colormap, channels, overlays, overlayVolumes }: ViewState): Layer[] {
  const base: Layer[] =
    channels.length === 0
      ? [{ layer: 0, kind: 'volume', at: 0, window, colormap, visible: true, name: volume.name, info: volume }]
      : channels.map((of, at) => {
          const name = volume.channelNames?.[at] ?? '';
          return { layer: at, kind: 'channel', at, ...of, name, info: volume };
        });
  const over = overlays.flatMap((of, at): Layer[] => {
    const info = overlayVolumes[at];
    return info === undefined ? [] : [{ layer: base.length + at, kind: 'overlay', at, ...of, name: info.name, info }];
  });
  return [...base, ...over];
}

/** Whether a window makes a difference to it: not to colours, and not to what has a colour for each whole number. */
export function hasWindow({ info, colormap }: Pick<Layer, 'info' | 'colormap'>): boolean {
  return info.components === 1 && !isCategorical(colormap);
}

/** The layer whose window is changed: the chosen one if it is shown, else the first that is; null if none has a window. */
export function activeLayer(state: ViewState, chosen: number): Layer | null {
  const all = layersIn(state).filter((layer) => hasWindow(layer) && layer.visible);
  return all.find(({ layer }) => layer === chosen) ?? all[0] ?? null;
}

/** The settings in which one layer has other ones of its own. */
export function withLook(
  state: ViewState,
  { kind, at }: Pick<Layer, 'kind' | 'at'>,
  look: { readonly window?: Window; readonly colormap?: string; readonly visible?: boolean; readonly opacity?: number },
): Partial<ViewSettings> {
  const replace = <T extends object>(all: readonly T[]): readonly T[] =>
    all.map((one, index) => (index === at ? { ...one, ...look } : one));
  switch (kind) {
    case 'volume': {
      const { window = state.window, colormap = state.colormap } = look;
      return { window, colormap };
    }
    case 'channel':
      return { channels: replace(state.channels) };
    case 'overlay':
      return { overlays: replace(state.overlays) };
  }
}

/** What a layer's values are, as they are shown: the mean of a slab has fractions. */
export function shownKind(
  { projection, slab }: ViewState,
  { kind, info: { dtype, rescale } }: Pick<Layer, 'kind' | 'info'>,
): ValueKind {
  const isMean = kind !== 'overlay' && slab > 1 && projection === 'mean' && dtype !== 'float64';
  return { dtype: isMean ? 'float32' : dtype, rescale };
}
