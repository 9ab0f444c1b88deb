import { runCell, type INotebookCellExecutor } from '@jupyterlab/notebook';
import type { JsonObject } from '../messages';
import type { Carrier } from './carriers';
import type { Hub } from './hub';
import { CellNotes } from './notes';

/** How long Run may wait for what was saved. */
export interface Hold {
  milliseconds: number;
}

/**
 * Run means what was saved: asks the laptop whether anything is newer before a cell is sent, and holds the cell where the
 * kernel could not wait for it. Cells that are run together share one question, so that their order stays.
 */
export class Executor implements INotebookCellExecutor {
  readonly notes = new CellNotes();
  private hub: Hub | null = null;
  private readonly asking = new Map<string, Promise<JsonObject | null>>();

  constructor(readonly hold: Hold = { milliseconds: 1_000 }) {}

  follow(hub: Hub): void {
    this.hub = hub;
    hub.onRuns = (runs) => {
      this.notes.take(runs);
    };
  }

  async runCell(options: INotebookCellExecutor.IRunCellOptions): Promise<boolean> {
    const { cell, sessionContext } = options;
    const kernel = sessionContext?.session?.kernel;
    const carrier = kernel && cell.model.type === 'code' ? this.hub?.of(kernel.id) : null;
    if (kernel && carrier) {
      // Behind a running cell an answer of now would be old when this one runs: the kernel asks then.
      const cursor = kernel.status === 'idle' ? await this.ask(kernel.id, carrier) : null;
      carrier.vouch(cell.model.id, cursor);
    }
    if (carrier?.isOpen) this.notes.expect(cell.model);
    else if (cell.model.type === 'code') this.notes.clear(cell.model);
    return runCell(options);
  }

  private ask(kernel: string, carrier: Carrier): Promise<JsonObject | null> {
    const asked = this.asking.get(kernel);
    if (asked) return asked;
    const asking = carrier.beforeRun(this.hold.milliseconds).finally(() => this.asking.delete(kernel));
    this.asking.set(kernel, asking);
    return asking;
  }
}
