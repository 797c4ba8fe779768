import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification, type ICommandPalette } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import {
  PLAIN_SETTINGS,
  RESET,
  messageOf,
  shownOrientation,
  sliceText,
  stillOf,
  text,
  type Still,
  type ViewState,
} from 'slicescope/lib/src/viewer';
import { copyPicture, copyText, pictureName, savePicture } from './picture-files';
import type { LiveView, ViewOutput } from './renderer';
import type { ViewTracker } from './view-tracker';

/** A view that is drawn, which is what commands are about. */
interface Target extends LiveView {
  readonly output: ViewOutput;
  readonly state: ViewState;
}

/** What is said when it is done, or nothing. */
type Run = (target: Target) => string | undefined | Promise<string | undefined>;

/**
 * The commands of a view. They are about the view that was used last: the one with the focus, or the one on which the
 * context menu was opened.
 */
export function addCommands(
  app: JupyterFrontEnd,
  palette: ICommandPalette | null,
  tracker: ViewTracker,
  makeOutput: () => ViewOutput,
): void {
  const commands: readonly (readonly [id: string, label: string, run: Run])[] = [
    ['slicescope:copy-picture', text('Copy the Picture'), copyStill],
    ['slicescope:save-picture', text('Save the Picture'), saveStill],
    ['slicescope:copy-values', text('Copy the Values of the Slice'), copyValues],
    ['slicescope:reset', text('Show the Whole Slice'), reset],
    [
      'slicescope:new-view',
      text('New View of the Volume'),
      ({ output, state }) => {
        openView(app, output, state, makeOutput());
        return undefined;
      },
    ],
  ];
  const category = text('Slicescope');
  for (const [rank, [command, label, run]] of commands.entries()) {
    app.commands.addCommand(command, {
      label,
      isEnabled: () => targetOf(tracker) !== null,
      execute: async () => {
        const target = targetOf(tracker);
        if (target !== null) await tell(() => run(target));
      },
      describedBy: { args: { type: 'object', properties: {} } },
    });
    palette?.addItem({ command, category });
    app.contextMenu.addItem({ command, selector: '.slicescope-view', rank });
  }
  tracker.changed.connect(() => {
    for (const [command] of commands) app.commands.notifyCommandChanged(command);
  });
}

function targetOf({ current: output }: ViewTracker): Target | null {
  const live = output?.live ?? null;
  const state = live?.model.state ?? null;
  return output === null || live === null || state === null ? null : { ...live, output, state };
}

/** Do it, and say what came of it where that can't be seen. */
async function tell(run: () => string | undefined | Promise<string | undefined>): Promise<void> {
  try {
    const sentence = await run();
    if (sentence !== undefined) Notification.success(sentence, { autoClose: 3000 });
  } catch (error) {
    Notification.warning(messageOf(error));
  }
}

function stillFrom({ viewer }: Target): Still {
  const still = stillOf(viewer.element);
  if (still === null) throw new Error(text('The view shows no picture now. Scroll to it and try again.'));
  return still;
}

const copyStill: Run = async (target) => {
  await copyPicture(stillFrom(target));
  return text('The picture is on the clipboard.');
};

const saveStill: Run = async (target) => {
  await savePicture(stillFrom(target), pictureName(target.state));
  return undefined;
};

const copyValues: Run = async ({ model, state }) => {
  const slice = model.sliceOf(state.plane);
  if (slice === null) throw new Error(text('The slice is not here yet. Try again.'));
  const { width, height } = slice;
  await copyText(sliceText(slice, shownOrientation(state.volume.planes[slice.plane], state)));
  return text('The slice’s %1 × %2 values are on the clipboard, with tabs between them.', width, height);
};

const reset: Run = ({ model }) => {
  model.choose({ ...RESET, camera: PLAIN_SETTINGS.camera });
  return undefined;
};

/** The same view beside its notebook; both follow each other. */
function openView(app: JupyterFrontEnd, { bundle }: ViewOutput, { volume }: ViewState, content: ViewOutput): void {
  if (bundle === null) return;
  content.addClass('slicescope-tab');
  content.connect(bundle);
  const widget = new MainAreaWidget({ content });
  widget.id = `slicescope-view-${UUID.uuid4()}`;
  widget.title.label = volume.name === '' ? text('Volume') : volume.name;
  widget.title.closable = true;
  app.shell.add(widget, 'main', { mode: 'split-right' });
  app.shell.activateById(widget.id);
}
