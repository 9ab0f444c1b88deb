import type { Asking } from '../run';

/**
 * The questions to the laptop at Run, by kernel. Cells that are pressed together, in one turn of the page, share one; a
 * later press asks anew, since something may have been saved in between, and is answered after the earlier one, so that
 * cells keep their order.
 */
export class Questions {
  private readonly thisTurn = new Map<string, Asking>();
  private readonly last = new Map<string, Asking>();

  ask(kernel: string, ask: () => Asking): Asking {
    const shared = this.thisTurn.get(kernel);
    if (shared) return shared;
    const before = this.last.get(kernel);
    const asking = before ? before.then(ask) : ask();
    this.thisTurn.set(kernel, asking);
    queueMicrotask(() => this.thisTurn.delete(kernel));
    this.last.set(kernel, asking);
    void asking.then(() => {
      if (this.last.get(kernel) === asking) this.last.delete(kernel);
    });
    return asking;
  }

  /** For a cell that asks nothing: null at once, or once the cells before it were answered. */
  async none(kernel: string): Asking {
    await this.last.get(kernel);
    return null;
  }
}
