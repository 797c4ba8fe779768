import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { VIEW_MIME } from 'slicescope/lib/src/viewer';
import { locate } from './locate';
import { CompanionManager } from './manager';
import { MODULE_NAME, MODULE_VERSION, SliceModel } from './model';
import { ViewOutput } from './renderer';
import { SliceView } from './view';

/** Before image/png, which every output of ours has too. */
const RANK = 10;

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@slicescope/labextension:plugin',
  description: 'Shows volumes that a notebook cell gave to show(volume).',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IJupyterWidgetRegistry],
  activate: (app: JupyterFrontEnd, rendermime: IRenderMimeRegistry, widgets: IJupyterWidgetRegistry | null) => {
    const managers = new Map<string, CompanionManager>();
    const managerOf = (kernelId: string): CompanionManager => {
      let manager = managers.get(kernelId);
      if (manager === undefined) {
        manager = new CompanionManager((signal) => locate(kernelId, app.serviceManager.serverSettings, signal));
        managers.set(kernelId, manager);
      }
      return manager;
    };
    rendermime.addFactory(
      {
        // Not safe: in a notebook that is not trusted JupyterLab shows the PNG, and we connect to nothing.
        safe: false,
        mimeTypes: [VIEW_MIME],
        defaultRank: RANK,
        createRenderer: () => new ViewOutput(managerOf),
      },
      RANK,
    );
    // A kernel with comms of its own can drive the same model.
    widgets?.registerWidget({ name: MODULE_NAME, version: MODULE_VERSION, exports: { SliceModel, SliceView } });
  },
};

export default plugin;
