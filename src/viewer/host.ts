import type { ClientContent, Orientation, Plane, ServerContent, ViewSettings, ViewState } from '../protocol';
import type { Slice } from './slice-cache';

/** What the parts of a viewer know of it. */
export interface ViewerHost {
  state(): ViewState;
  /** The person changed something. */
  change(patch: Partial<ViewSettings>): void;
  /** The slice of a plane that is shown; null where none is. */
  sliceOf(plane: Plane): Slice | null;
  /** Say something that is no setting; it may stay without an answer. */
  send(content: ClientContent): void;
  /** Call `listener` with each answer. @returns a function that stops it */
  onAnswer(listener: (content: ServerContent) => void): () => void;
}

/** A canvas with the picture of one plane, as it is now. */
export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly plane: Plane;
  /** Of the picture at scale 1. */
  readonly size: { readonly width: number; readonly height: number };
  readonly orientation: Orientation;
  /** Where the picture lies, in canvas pixels from the canvas' top left, by the settings as they are now. */
  readonly placed: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

/** What the primary button does. */
export type Tool = 'pan' | 'window';
