import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookCellExecutor, INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import type { Widget } from '@lumino/widgets';
import { addCommands } from '../lab/commands';
import { DirtyDocuments } from '../lab/dirty';
import { Executor } from '../lab/executor';
import { Hub } from '../lab/hub';
import { offerRenderer } from '../lab/offers';
import { StatusItem } from '../lab/status';

const PLUGIN = 'notesync:plugin';
/** How Notebook 7 calls itself. */
const NOTEBOOK = 'Jupyter Notebook';

/** One for the page: it is asked for before the plugin below stands. */
const executor = new Executor();

/** Takes the place of JupyterLab's own executor (package.json, disabledExtensions), and runs cells by it. */
const cells: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: 'notesync:cell-executor',
  description: 'Holds a cell until what was saved before has arrived.',
  autoStart: true,
  provides: INotebookCellExecutor,
  activate: () => executor,
};

const main: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Brings the project on the laptop to the kernels of open notebooks.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [IStatusBar, ICommandPalette, ISettingRegistry, IDocumentManager],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    documents: IDocumentManager | null,
  ) => {
    const { baseUrl, token } = app.serviceManager.serverSettings;
    const hub = new Hub(tracker, { baseUrl, token }, statusBar !== null || app.name === NOTEBOOK);
    executor.follow(hub);
    rendermime.addFactory(offerRenderer(hub), 0);
    const menu = addCommands(app, tracker, hub, palette);
    const dirty = new DirtyDocuments(app, (widget) => documents?.contextForWidget(widget as Widget), hub);
    if (statusBar) {
      const item = new StatusItem(hub, app.commands, menu);
      // JupyterLab takes items without a priority away where the window is narrow.
      statusBar.registerStatusItem(PLUGIN, { item, align: 'left', rank: 10, priority: 1 });
    } else if (app.name === NOTEBOOK) {
      addToMenuBar(app, tracker, () => new StatusItem(hub, app.commands, menu));
    }
    void settings?.load(PLUGIN).then((loaded) => {
      const apply = (): void => {
        const value = loaded.composite as Partial<Record<string, unknown>>;
        hub.connectOnOpen = value['connectOnOpen'] !== false;
        executor.notes.enabled = value['noteSequence'] !== false;
        dirty.enabled = value['warnDirty'] !== false;
        executor.hold.milliseconds = value['holdRun'] === false ? 0 : Number(value['holdRunMilliseconds'] ?? 1_000);
      };
      loaded.changed.connect(apply);
      apply();
    });
  },
};

/** Notebook 7 has no status bar: the item stands at the end of the menu bar, where a notebook is shown. */
function addToMenuBar(app: JupyterFrontEnd, tracker: INotebookTracker, make: () => Widget): void {
  let added = false;
  const add = (): void => {
    if (added) return;
    added = true;
    const item = make();
    item.id = PLUGIN;
    app.shell.add(item, 'menu', { rank: 10_000 });
  };
  tracker.widgetAdded.connect(add);
  tracker.forEach(add);
}

export default [cells, main];
