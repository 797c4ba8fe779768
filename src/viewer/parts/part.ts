import type { ViewSettings, ViewState } from '../../protocol';
import type { Commanded } from '../commands';
import type { Tool, ViewerHost } from '../host';
import type { Histograms } from '../values/histograms';
import type { Layer } from '../values/windows';

/** A part of the viewer. */
export interface Part {
  readonly element: HTMLElement;
  /** The state, or a slice that is shown, is another one. Cheap where nothing of it is seen. */
  update(): void;
  dispose(): void;
}

/** What the parts work on. */
export interface Workbench extends Commanded {
  readonly host: ViewerHost;
  readonly histograms: Histograms;
  readonly tool: Tool;
  /** The layer that the panel is about. */
  readonly layer: Layer | null;
  isOpen(part: 'help' | 'panel'): boolean;
  choose(layer: number): void;
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
}
