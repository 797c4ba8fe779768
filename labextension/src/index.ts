import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import { VIEW_MIME, setTranslator, tileCache, type CompanionAddress } from 'slicescope/lib/src/viewer';
import { addCommands } from './commands';
import { followOutputs, type SharedNotebook } from './discarded-views';
import { locate } from './locate';
import { CompanionManager } from './manager';
import { MODULE_NAME, MODULE_VERSION, SliceModel } from './model';
import { keepPicturesIn } from './picture-keeper';
import { Preferences } from './preferences';
import { ViewOutput, type ManagerOf } from './renderer';
import { SliceView } from './view';
import { ViewTracker } from './view-tracker';

/** Before image/png, which every output of ours has too. */
const RANK = 10;

const PLUGIN_ID = '@slicescope/labextension:plugin';
/** By which language packs name their sentences of ours. */
const LANGUAGE_DOMAIN = 'slicescope';
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** The cache is as large as JupyterLab's settings say; without them the viewer's default holds. */
function followCacheSize(settings: ISettingRegistry.ISettings): void {
  const apply = (): void => {
    tileCache.budget = Number(settings.composite.cacheMegabytes) * BYTES_PER_MEGABYTE;
  };
  settings.changed.connect(apply);
  apply();
}

/** Before a notebook is written, its outputs get the pictures of what they show. */
function followSaving({ docRegistry }: JupyterFrontEnd): void {
  docRegistry.addWidgetExtension('Notebook', {
    createNew: (panel, context) => {
      const onSaveState = (_: unknown, state: DocumentRegistry.SaveState): void => {
        if (state === 'started') keepPicturesIn(panel.node);
      };
      context.saveState.connect(onSaveState);
      return new DisposableDelegate(() => {
        context.saveState.disconnect(onSaveState);
      });
    },
  });
}

/** Kernels hear of views whose outputs were replaced or cleared. */
function followNotebooks({ docRegistry }: JupyterFrontEnd, managerOf: ManagerOf): void {
  docRegistry.addWidgetExtension('Notebook', {
    createNew: (_, { model, sessionContext }) => {
      const { sharedModel } = model;
      if (!isSharedNotebook(sharedModel)) return undefined;
      const kernelId = (): string | null => sessionContext.session?.kernel?.id ?? null;
      return followOutputs(sharedModel, kernelId, (bundle) => {
        managerOf(bundle.kernelId).discard(bundle.viewId);
      });
    },
  });
}

function isSharedNotebook(model: object): model is SharedNotebook {
  return 'cells' in model && Array.isArray(model.cells) && 'changed' in model;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Shows volumes that a notebook cell gave to show(volume).',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IJupyterWidgetRegistry, ISettingRegistry, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    widgets: IJupyterWidgetRegistry | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
  ) => {
    const translation = translator?.load(LANGUAGE_DOMAIN);
    if (translation !== undefined) setTranslator((sentence, values) => translation.__(sentence, ...values));
    const loading = settings?.load(PLUGIN_ID) ?? null;
    const preferences = new Preferences(loading);
    Promise.all([loading?.then(followCacheSize), preferences.ready]).catch((error: unknown) => {
      console.error('slicescope: the settings can’t be read; the defaults hold.', error);
    });
    const managers = new Map<string, CompanionManager>();
    const managerOf = (kernelId: string): CompanionManager => {
      let manager = managers.get(kernelId);
      if (manager === undefined) {
        const find = (signal: AbortSignal): Promise<CompanionAddress> =>
          locate(kernelId, app.serviceManager.serverSettings, signal);
        manager = new CompanionManager(find, preferences);
        managers.set(kernelId, manager);
      }
      return manager;
    };
    const tracker = new ViewTracker();
    const makeOutput = (): ViewOutput => {
      const output = new ViewOutput(managerOf);
      tracker.add(output);
      return output;
    };
    addCommands(app, palette, tracker, makeOutput);
    rendermime.addFactory(
      {
        // Not safe: in a notebook that is not trusted JupyterLab shows the PNG, and we connect to nothing.
        safe: false,
        mimeTypes: [VIEW_MIME],
        defaultRank: RANK,
        createRenderer: makeOutput,
      },
      RANK,
    );
    followSaving(app);
    followNotebooks(app, managerOf);
    // A kernel with comms of its own can drive the same model.
    widgets?.registerWidget({ name: MODULE_NAME, version: MODULE_VERSION, exports: { SliceModel, SliceView } });
  },
};

export default plugin;
