import type { PointerEventName, ViewSettings } from '../protocol';
import type { Link } from '../shading';
import type { OverlayLayer, Volume } from '../volume';

/** The settings of a view, and which of them nobody has chosen. */
export interface ChosenSettings {
  readonly settings: ViewSettings;
  readonly defaulted: readonly (keyof ViewSettings)[];
}

/** Where a view's state goes: to the companion and from there to every browser that shows the view. */
export interface ViewPort {
  settings(): ViewSettings;
  /** The settings that nobody has chosen. */
  defaulted(): readonly (keyof ViewSettings)[];
  /** `chosen` names the settings that were asked for. */
  set(patch: Partial<ViewSettings>, chosen: readonly (keyof ViewSettings)[]): void;
  /** Other volumes and the settings that go with them. */
  put(volume: Volume, overlays: readonly OverlayLayer[], settings: ChosenSettings): void;
  /** Another overlay in the place of one, and the settings that go with it. */
  setOverlay(at: number, overlay: OverlayLayer, patch: Partial<ViewSettings>): void;
  /** What of people's pointers is listened to. */
  listen(types: readonly PointerEventName[]): void;
  /** Keep this view and others in step, beginning with the first one. */
  link(link: Link): void;
  unlink(linkId: string): void;
  /** The volumes were written into. */
  refresh(): void;
  /** One of the view's volumes as it is shown: without what was written into it since its last refresh. */
  shown(volume: Volume): Volume;
  close(): void;
}
