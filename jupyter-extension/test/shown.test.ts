import { describe, expect, it } from 'vitest';
import type { KernelLink } from '../src/kernel/link';
import type { JsonObject } from '../src/messages';
import { nameOf, Shown } from '../src/shown';

function shown(): { told: JsonObject[]; one: Shown } {
  const told: JsonObject[] = [];
  const link: KernelLink = {
    leg: 'host',
    besideCells: false,
    start: () => undefined,
    send: (data) => {
      told.push(data);
    },
    wake: () => undefined,
    stop: () => undefined,
  };
  return { told, one: new Shown(link) };
}

const OPEN = { is: 'open', role: 'carrier' } as const;

describe('the notebook that the page shows', () => {
  it('is told once the kernel listens, and not twice', () => {
    const { told, one } = shown();
    one.is('work/analysis.ipynb');
    expect(told).toEqual([]);
    one.kernelIs(OPEN);
    one.kernelIs({ is: 'open', role: 'standby' });
    one.is('work/analysis.ipynb');
    expect(told).toEqual([{ kind: 'notebook', path: 'work/analysis.ipynb' }]);
  });

  it('is told again when it is renamed, and to a kernel that comes back', () => {
    const { told, one } = shown();
    one.kernelIs(OPEN);
    one.is('Untitled.ipynb');
    one.is('analysis.ipynb');
    one.kernelIs({ is: 'lost', why: 'connection' });
    one.kernelIs(OPEN);
    expect(told.map(({ path }) => path)).toEqual(['Untitled.ipynb', 'analysis.ipynb', 'analysis.ipynb']);
  });

  it('is called by its file’s name', () => {
    expect(nameOf('work/deep/analysis.ipynb')).toBe('analysis.ipynb');
    expect(nameOf('analysis.ipynb')).toBe('analysis.ipynb');
  });
});
