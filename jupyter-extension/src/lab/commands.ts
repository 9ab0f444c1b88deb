import { Notification, type ICommandPalette } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions, type INotebookTracker } from '@jupyterlab/notebook';
import type { Action } from '../state';
import { LAB } from '../texts';
import type { Hub } from './hub';

const CATEGORY = 'notesync';

/** Adds the commands; returns those of the menu, in its order. */
export function addCommands(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  hub: Hub,
  palette: ICommandPalette | null,
): string[] {
  const { commands } = app;
  const can = (action: Action) => (): boolean => hub.current?.view.actions.includes(action) ?? false;
  const add = (
    id: string,
    label: string,
    execute: () => void,
    isEnabled: () => boolean = () => true,
    isVisible: () => boolean = () => true,
  ): string => {
    const command = `notesync:${id}`;
    commands.addCommand(command, {
      label,
      execute,
      isEnabled,
      isVisible,
      describedBy: { args: { type: 'object', properties: {} } },
    });
    palette?.addItem({ command, category: CATEGORY });
    return command;
  };
  const inNotebook = (): boolean => tracker.currentWidget !== null;

  const ids = [
    // Whoever is connected, or paused, has something else to press.
    add(
      'connect',
      LAB.connect,
      () => void connect(hub),
      () => inNotebook() && !can('pause')() && !can('resume')(),
    ),
    add(
      'show',
      LAB.show,
      () => hub.current?.togglePanel(),
      () => hub.current !== null,
    ),
    add('pause', LAB.pause, () => hub.current?.press('pause'), can('pause')),
    add('resume', LAB.resume, () => hub.current?.press('resume'), can('resume')),
    add('log', LAB.log, () => void runMagic(tracker, '%notesync log'), inNotebook),
    add('kept', LAB.kept, () => void runMagic(tracker, '%notesync kept'), inNotebook),
    add('dashboard', LAB.dashboard, () => hub.current?.press('dashboard'), can('dashboard')),
    add(
      'settings',
      LAB.settings,
      () => void commands.execute('settingeditor:open', { query: 'notesync' }),
      () => true,
      // A notebook's page of Notebook 7 has no editor of settings; its page of files has.
      () => commands.hasCommand('settingeditor:open'),
    ),
  ];
  hub.onChange(() => {
    commands.notifyCommandChanged();
  });
  return ids;
}

async function connect(hub: Hub): Promise<void> {
  const helps = hub.current?.view.actions.find((action) => action === 'connect' || action === 'popup');
  if (helps) hub.current?.press(helps);
  else if (!(await hub.look())) Notification.info(LAB.notLoaded, { autoClose: 8_000 });
}

/** Runs a command of the kernel in a cell of its own, so that the user sees it and can repeat it. */
async function runMagic(tracker: INotebookTracker, source: string): Promise<void> {
  const panel = tracker.currentWidget;
  if (!panel) return;
  NotebookActions.insertBelow(panel.content);
  panel.content.activeCell?.model.sharedModel.setSource(source);
  await NotebookActions.run(panel.content, panel.sessionContext);
}
