import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { LAB } from '../texts';
import type { Hub } from './hub';

/**
 * Warns once when a new version of a file arrived on disk while the file is open here with unsaved edits. Looks only
 * when the sequence has moved, and only at open, unsaved documents that are no notebooks.
 */
export class DirtyDocuments {
  enabled = true;
  private sequence: number | null = null;
  private readonly warned = new Set<string>();

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly contextOf: (widget: object) => DocumentRegistry.Context | undefined,
    private readonly hub: Hub,
  ) {
    hub.onChange(() => {
      const sequence = this.hub.current?.sequence ?? null;
      const moved = sequence !== null && this.sequence !== null && sequence !== this.sequence;
      this.sequence = sequence;
      if (moved && this.enabled) void this.look();
    });
  }

  private async look(): Promise<void> {
    for (const widget of this.app.shell.widgets('main')) {
      const context = this.contextOf(widget);
      if (!context?.model.dirty || context.contentsModel?.type === 'notebook') continue;
      const known = context.contentsModel?.last_modified;
      const disk = await this.app.serviceManager.contents.get(context.path, { content: false }).catch(() => null);
      const key = `${context.path} ${disk?.last_modified ?? ''}`;
      if (!disk || !known || disk.last_modified <= known || this.warned.has(key)) continue;
      this.warned.add(key);
      Notification.warning(LAB.dirty(context.path), { autoClose: false });
    }
  }
}
