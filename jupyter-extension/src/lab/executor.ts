import { runCell, type INotebookCellExecutor } from '@jupyterlab/notebook';
import type { Hub } from './hub';
import { CellNotes } from './notes';
import { Questions } from './questions';
import { withWord } from './word';

/** How long Run may wait for what was saved. */
export interface Hold {
  milliseconds: number;
}

/**
 * Run means what was saved: asks the laptop whether anything is newer, and says in the cell's request what it had. Where
 * nobody was asked, or something is newer, the kernel asks before the cell.
 */
export class Executor implements INotebookCellExecutor {
  readonly notes = new CellNotes();
  private hub: Hub | null = null;
  private readonly questions = new Questions();

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
    const atRun = carrier?.atRun;
    // Behind a running cell an answer of now would be old when this one runs: the kernel asks then.
    const asking =
      kernel && atRun && kernel.status === 'idle'
        ? this.questions.ask(kernel.id, () => atRun.ask(this.hold.milliseconds))
        : null;
    const word = await asking;
    if (carrier?.isOpen) this.notes.expect(cell.model);
    else if (cell.model.type === 'code') this.notes.clear(cell.model);
    return runCell(word && sessionContext ? { ...options, sessionContext: withWord(sessionContext, word) } : options);
  }
}
