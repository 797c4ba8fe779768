/**
 * Notices that a view's output was replaced or cleared in an open notebook, as when its cell runs again, so that the kernel can let
 * go of the view. Closing a notebook, loading a page anew and deleting a cell say nothing: the output may come back.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { VIEW_MIME, parseViewBundle, type ViewBundle } from 'slicescope/lib/src/viewer';

/** The outputs of a code cell in its shared model (Y.Array), which has them whether they are drawn or not. */
interface Outputs {
  forEach(take: (output: unknown) => void): void;
  observe(listener: () => void): void;
  unobserve(listener: () => void): void;
}

/** The part of a notebook's shared model (YNotebook of @jupyter/ydoc) that is used here. */
export interface SharedNotebook {
  readonly cells: readonly { readonly youtputs?: Outputs }[];
  readonly changed: ISignal<unknown, { readonly cellsChange?: unknown }>;
}

/** A cell's outputs that are followed. */
interface Followed {
  /** By their ids. */
  views: ReadonlyMap<string, ViewBundle>;
  readonly stop: () => void;
}

/** Of all open notebooks. */
const followed: Map<Outputs, Followed> = new Map();

function viewsIn(outputs: Outputs): ReadonlyMap<string, ViewBundle> {
  const views = new Map<string, ViewBundle>();
  outputs.forEach((output) => {
    const data = (output as { get?: (name: string) => unknown }).get?.('data');
    const bundle = parseViewBundle((data as Readonly<Record<string, unknown>> | undefined)?.[VIEW_MIME]);
    if (bundle !== null) views.set(bundle.viewId, bundle);
  });
  return views;
}

/**
 * Follow the outputs of a notebook until it is closed.
 * @param kernelId of the kernel that the notebook has now: what a copy with another kernel shows is not its own.
 * @param discard is told of views that no open notebook has any more.
 */
export function followOutputs(
  notebook: SharedNotebook,
  kernelId: () => string | null,
  discard: (bundle: ViewBundle) => void,
): IDisposable {
  const own = new Set<Outputs>();
  const lost = ({ viewId, ...bundle }: ViewBundle): void => {
    // What is drawn of it is gone by then, and what replaces it is there.
    setTimeout(() => {
      const isElsewhere = [...followed.values()].some(({ views }) => views.has(viewId));
      if (!isElsewhere && bundle.kernelId === kernelId()) discard({ ...bundle, viewId });
    });
  };
  const follow = (outputs: Outputs): void => {
    const listener = (): void => {
      const entry = followed.get(outputs);
      if (entry === undefined) return;
      const before = entry.views;
      entry.views = viewsIn(outputs);
      for (const [viewId, bundle] of before) if (!entry.views.has(viewId)) lost(bundle);
    };
    outputs.observe(listener);
    const stop = (): void => {
      outputs.unobserve(listener);
    };
    own.add(outputs);
    followed.set(outputs, { views: viewsIn(outputs), stop });
  };
  const leave = (outputs: Outputs): void => {
    followed.get(outputs)?.stop();
    followed.delete(outputs);
    own.delete(outputs);
  };
  const look = (): void => {
    const now = new Set(notebook.cells.flatMap(({ youtputs }) => (youtputs === undefined ? [] : [youtputs])));
    for (const outputs of own) if (!now.has(outputs)) leave(outputs);
    for (const outputs of now) if (!own.has(outputs)) follow(outputs);
  };
  const onChanged = (_: unknown, { cellsChange }: { readonly cellsChange?: unknown }): void => {
    if (cellsChange !== undefined) look();
  };
  notebook.changed.connect(onChanged);
  look();
  return new DisposableDelegate(() => {
    notebook.changed.disconnect(onChanged);
    for (const outputs of own) leave(outputs);
  });
}
