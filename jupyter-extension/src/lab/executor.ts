import { runCell, type INotebookCellExecutor } from '@jupyterlab/notebook';
import type { Hub } from './hub';

/** How long Run may wait for what was saved. */
export interface Hold {
  milliseconds: number;
}

/**
 * Run means what was saved: holds a cell until the kernel has what was saved before, at most for a moment. Cells that
 * are run together share one question, so that their order stays.
 */
export class Executor implements INotebookCellExecutor {
  private hub: Hub | null = null;
  private readonly asking = new Map<string, Promise<boolean>>();

  constructor(readonly hold: Hold = { milliseconds: 1_000 }) {}

  follow(hub: Hub): void {
    this.hub = hub;
  }

  async runCell(options: INotebookCellExecutor.IRunCellOptions): Promise<boolean> {
    const kernel = options.sessionContext?.session?.kernel;
    // Behind a running cell nothing is lost by asking later, and the answer would only come when that has ended.
    if (kernel?.status === 'idle' && options.cell.model.type === 'code') await this.fresh(kernel.id);
    return runCell(options);
  }

  private fresh(kernel: string): Promise<boolean> {
    const asked = this.asking.get(kernel);
    if (asked) return asked;
    const carrier = this.hub?.of(kernel);
    if (!carrier || this.hold.milliseconds <= 0) return Promise.resolve(false);
    const asking = carrier.askFresh(this.hold.milliseconds).finally(() => this.asking.delete(kernel));
    this.asking.set(kernel, asking);
    return asking;
  }
}
