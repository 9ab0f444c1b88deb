import { describe, expect, it, vi } from 'vitest';
import { withWord } from '../src/lab/word';

type Context = Parameters<typeof withWord>[0];
const WORD = { notesync_seen: { relay: 'r', cursor: { epoch: 'e', sequence: 7 } } };

/** As JupyterLab's: what is used of it are properties of the class. */
class Connection {
  readonly requestExecute = vi.fn();
  get id(): string {
    return 'k';
  }
}

function context(kernel: Connection | null): Context {
  return { isTerminating: false, session: { path: 'a.ipynb', kernel } } as unknown as Context;
}

describe('the word in a request', () => {
  it('goes along with what JupyterLab itself says, and with that run only', () => {
    const kernel = new Connection();
    const plain = context(kernel);
    const saying = withWord(plain, WORD);
    saying.session?.kernel?.requestExecute({ code: '1' }, false, { cellId: 'c' });
    plain.session?.kernel?.requestExecute({ code: '2' }, true);
    expect(kernel.requestExecute.mock.calls).toEqual([
      [{ code: '1' }, false, { cellId: 'c', ...WORD }],
      [{ code: '2' }, true],
    ]);
  });

  it('leaves all else as it is', () => {
    const saying = withWord(context(new Connection()), WORD);
    expect([saying.isTerminating, saying.session?.path, saying.session?.kernel?.id]).toEqual([false, 'a.ipynb', 'k']);
  });

  it('is not said where there is no kernel', () => {
    const none = context(null);
    expect(withWord(none, WORD)).toBe(none);
  });
});
