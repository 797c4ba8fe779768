/**
 * In the place of src/viewer/scene, because jsdom has no WebGL: a picture is the slice that it is of. How it looks is
 * proved in a browser.
 */
import type { Slice } from '../../../src/viewer';

export class SliceLayer {
  draw(slice: Slice): unknown {
    return { slice };
  }
  dispose(): void {}
}

export function pageRenderer(): { readonly isLost: boolean; onRestored(): () => void } {
  return { isLost: false, onRestored: () => () => undefined };
}

export function warmUp(): void {}
