import { beforeEach, describe, expect, it } from 'vitest';
import { CellNotes, type Noted } from '../src/lab/notes';
import { readFromKernel, type Runs } from '../src/messages';

class Cell implements Noted {
  isDisposed = false;
  metadata = new Map<string, unknown>();

  constructor(readonly id = 'a') {}

  getMetadata(key: string): unknown {
    return this.metadata.get(key);
  }
  setMetadata(key: string, value: unknown): void {
    this.metadata.set(key, value);
  }
  deleteMetadata(key: string): void {
    this.metadata.delete(key);
  }
}

const runs = (cell: string, sequence: number | null): Runs => ({
  kind: 'runs',
  cell,
  sequence,
  commit: 'c0',
  dirty: true,
});

describe('what a cell ran on', () => {
  let notes: CellNotes;
  let cell: Cell;

  beforeEach(() => {
    notes = new CellNotes();
    cell = new Cell();
  });

  it('is noted with sequence, commit and dirty state', () => {
    notes.expect(cell);
    notes.take(runs('a', 7));
    expect(cell.getMetadata('notesync')).toEqual({ sequence: 7, commit: 'c0', dirty: true });
  });

  it('is not noted where the cell was run in another page', () => {
    notes.take(runs('a', 7));
    notes.expect(cell);
    notes.take(runs('b', 7));
    expect(cell.metadata.size).toBe(0);
  });

  it('is noted once for every run', () => {
    notes.expect(cell);
    notes.expect(cell);
    notes.take(runs('a', 7));
    notes.take(runs('a', 8));
    notes.take(runs('a', 9));
    expect(cell.getMetadata('notesync')).toMatchObject({ sequence: 8 });
  });

  it('is taken away where nothing is known of the newest run', () => {
    cell.setMetadata('notesync', { sequence: 3 });
    notes.expect(cell);
    notes.take(runs('a', null));
    expect(cell.metadata.size).toBe(0);
    cell.setMetadata('notesync', { sequence: 3 });
    notes.clear(cell);
    expect(cell.metadata.size).toBe(0);
  });

  it('is left as it is where the user switched it off, and where the cell is gone', () => {
    cell.setMetadata('notesync', 'mine');
    notes.enabled = false;
    notes.clear(cell);
    notes.expect(cell);
    notes.take(runs('a', 7));
    notes.enabled = true;
    notes.expect(cell);
    cell.isDisposed = true;
    notes.take(runs('a', 7));
    expect(cell.getMetadata('notesync')).toBe('mine');
  });
});

describe('the message of a run', () => {
  it('has no commit outside a repository, and must name its cell', () => {
    const told = { kind: 'runs', cell: 'a', sequence: 0, commit: null, dirty: null };
    expect(readFromKernel(told)).toEqual(told);
    expect(() => readFromKernel({ kind: 'runs', sequence: 0 })).toThrow('"cell"');
  });
});
