import { describe, expect, it } from 'vitest';
import { Questions } from '../src/lab/questions';
import type { JsonObject } from '../src/messages';
import { settled } from './fakes';

const AT = (sequence: number): JsonObject => ({ epoch: 'e', sequence });

/** A laptop that is asked, and answers when it is told to. */
class Laptop {
  readonly answers: ((cursor: JsonObject | null) => void)[] = [];
  readonly ask = (): Promise<JsonObject | null> => new Promise((resolve) => this.answers.push(resolve));
}

describe('the questions at Run', () => {
  it('share one answer where cells are run together', async () => {
    const [questions, laptop] = [new Questions(), new Laptop()];
    const both = [questions.ask('k', laptop.ask), questions.ask('k', laptop.ask)];
    laptop.answers[0]?.(AT(7));
    await expect(Promise.all(both)).resolves.toEqual([AT(7), AT(7)]);
    expect(laptop.answers).toHaveLength(1);
  });

  it('are asked again for a later press, whatever the earlier one is told', async () => {
    const [questions, laptop] = [new Questions(), new Laptop()];
    const told: unknown[] = [];
    void questions.ask('k', laptop.ask).then((cursor) => told.push(cursor));
    await settled();
    void questions.ask('k', laptop.ask).then((cursor) => told.push(cursor));
    laptop.answers[0]?.(AT(7));
    await settled();
    expect(told).toEqual([AT(7)]);
    laptop.answers[1]?.(AT(8));
    await settled();
    expect(told).toEqual([AT(7), AT(8)]);
  });

  it('of two kernels have nothing to do with each other', () => {
    const [questions, laptop] = [new Questions(), new Laptop()];
    void questions.ask('one', laptop.ask);
    void questions.ask('two', laptop.ask);
    expect(laptop.answers).toHaveLength(2);
  });

  it('keep a cell that asks nothing behind those that wait for their answer', async () => {
    const [questions, laptop] = [new Questions(), new Laptop()];
    await expect(questions.none('k')).resolves.toBeNull();
    const left: string[] = [];
    void questions.ask('k', laptop.ask).then(() => left.push('asks'));
    void questions.none('k').then(() => left.push('asks nothing'));
    void questions.none('another').then(() => left.push('of another kernel'));
    await settled();
    expect(left).toEqual(['of another kernel']);
    laptop.answers[0]?.(AT(7));
    await settled();
    expect(left).toEqual(['of another kernel', 'asks', 'asks nothing']);
  });
});
