import type { Runs } from '../messages';

const KEY = 'notesync';

/** What is used of a cell's model. It leaves a value alone that is equal to the one that it has. */
export interface Noted {
  readonly id: string;
  readonly isDisposed: boolean;
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: unknown): void;
  deleteMetadata(key: string): void;
}

/**
 * Notes in a cell's metadata on which sequence, commit and dirty state it last ran, as its kernel tells. Only for cells
 * that were run in this page: another page that has the notebook open, too, must not get unsaved changes by itself.
 */
export class CellNotes {
  enabled = true;
  private readonly expected = new Map<string, Noted[]>();

  /** The cell is about to be run, in a kernel that has notesync. */
  expect(cell: Noted): void {
    const runs = this.expected.get(cell.id) ?? [];
    this.expected.set(cell.id, [...runs, cell]);
  }

  /** The kernel begins a cell, perhaps one of another page. */
  take({ cell, sequence, commit, dirty }: Runs): void {
    const [model, ...later] = this.expected.get(cell) ?? [];
    if (later.length > 0) this.expected.set(cell, later);
    else this.expected.delete(cell);
    if (!model || model.isDisposed || !this.enabled) return;
    if (sequence === null) this.clear(model);
    else model.setMetadata(KEY, { sequence, commit, dirty });
  }

  /** The cell runs on nothing that is known: what was noted at an earlier run would be wrong below its new output. */
  clear(cell: Noted): void {
    if (this.enabled && cell.getMetadata(KEY) !== undefined) cell.deleteMetadata(KEY);
  }
}
