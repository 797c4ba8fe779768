import type { Orientation, ViewState } from '../protocol';
import type { ColormapName } from '../shading';
import type { Look } from './scene';

/** How a state's slices look on a canvas. */
export function lookOf(
  state: ViewState,
  orientation: Orientation,
  canvas: Look['canvas'],
  placed: Pick<Look, 'left' | 'top' | 'width' | 'height'>,
): Look {
  return { window: state.window, colormap: state.colormap as ColormapName, orientation, canvas, ...placed };
}
