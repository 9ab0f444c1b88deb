import { runCell, type INotebookCellExecutor } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { Asking, AtRun } from '../run';
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
    const word = kernel && atRun ? await this.ask(kernel, atRun) : null;
    if (carrier?.isOpen) this.notes.expect(cell.model);
    else if (cell.model.type === 'code') this.notes.clear(cell.model);
    return runCell(word && sessionContext ? { ...options, sessionContext: withWord(sessionContext, word) } : options);
  }

  /** Behind a running cell an answer of now would be old when this one runs: the kernel asks then. */
  private ask(kernel: Kernel.IKernelConnection, atRun: AtRun): Asking {
    if (kernel.status !== 'idle') return this.questions.none(kernel.id);
    return this.questions.ask(kernel.id, () => atRun.ask(this.hold.milliseconds));
  }
}
