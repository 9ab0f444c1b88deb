import { runCell, type INotebookCellExecutor } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { Hub } from './hub';
import { CellNotes } from './notes';
import { Questions } from './questions';

/** How long Run may wait for what was saved. */
export interface Hold {
  milliseconds: number;
}

/**
 * Run means what was saved: asks the laptop whether anything is newer. The cell's request leaves meanwhile, and the kernel
 * waits for the answer; where it could not hear it, the cell is held here.
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
    if (atRun && !atRun.isHeardInCells) atRun.vouchNext(cell.model.id, await asking);
    if (carrier?.isOpen) this.notes.expect(cell.model);
    else if (cell.model.type === 'code') this.notes.clear(cell.model);
    if (!kernel || !atRun?.isHeardInCells) return runCell(options);
    const unheard = whenSent(kernel, cell.model.id, (request) => {
      void atRun.vouch(request, asking, this.hold.milliseconds);
    });
    try {
      return await runCell(options);
    } finally {
      unheard();
    }
  }
}

/** Calls with the id of the cell's next request, as soon as it has left. Returns what ends that. */
function whenSent(kernel: Kernel.IKernelConnection, cell: string, sent: (request: string) => void): () => void {
  const look = (_: unknown, { msg, direction }: Kernel.IAnyMessageArgs): void => {
    const { msg_id, msg_type } = msg.header;
    if (direction !== 'send' || msg_type !== 'execute_request' || msg.metadata['cellId'] !== cell) return;
    kernel.anyMessage.disconnect(look);
    sent(msg_id);
  };
  kernel.anyMessage.connect(look);
  return () => kernel.anyMessage.disconnect(look);
}
