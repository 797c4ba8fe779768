import { DOMWidgetView } from '@jupyter-widgets/base';
import { Viewer, type ViewState } from 'slicescope/lib/src/viewer';
import { SliceModel } from './model';

/** One output's viewer of a SliceModel. */
export class SliceView extends DOMWidgetView {
  #viewer: Viewer | null = null;

  /** Null before it is rendered and when it is removed. */
  get viewer(): Viewer | null {
    return this.#viewer;
  }

  override render(): void {
    super.render();
    const { model } = this;
    if (!(model instanceof SliceModel)) throw new Error('SliceView shows a SliceModel.');
    if (!model.isConnected) model.connected(model.model_id, null); // A kernel's own comm is connected from the start.
    const viewer = new Viewer({
      get state(): ViewState {
        if (model.state === null) throw new Error('The view has no volume yet.');
        return model.state;
      },
      sliceOf: (plane) => model.sliceOf(plane),
      change: (patch) => {
        model.choose(patch, this.callbacks());
      },
      send: (content) => {
        model.tell(content);
      },
      onAnswer: (listener) => {
        model.on('answer', listener);
        return () => {
          model.off('answer', listener);
        };
      },
      need: (viewer, plane, needs) => {
        model.need(viewer, plane, needs);
      },
    });
    this.#viewer = viewer;
    this.el.append(viewer.element);
    this.listenTo(model, 'change slice', () => {
      viewer.update();
    });
    const tell = (): void => {
      viewer.looksOnly = model.access === 'look';
      viewer.notify(model.notice, model.isStopped);
    };
    this.listenTo(model, 'notice', tell);
    tell();
  }

  /** The setting `layout` is the viewer's. Other widgets have one too: CSS in a model of its own. */
  override setLayout(): void {
    // There is none.
  }

  override remove(): void {
    this.#viewer?.dispose();
    this.#viewer = null;
    super.remove();
  }
}
