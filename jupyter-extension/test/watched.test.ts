import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LaptopError, type LaptopAnswer } from '../src/laptop/transport';
import { WatchedLaptop } from '../src/laptop/watched';
import { timeOf } from '../src/texts';
import { FakeLaptop } from './fakes';

const POLL = { method: 'POST', path: '/v1/replicas/r/next', token: 'T', body: null };

describe('a laptop that is watched', () => {
  let laptop: FakeLaptop;
  let seen: boolean;
  let back: number;
  let watched: WatchedLaptop;

  beforeEach(() => {
    vi.useFakeTimers();
    laptop = new FakeLaptop();
    seen = true;
    back = 0;
    watched = new WatchedLaptop(laptop, { isSeen: () => seen, onBack: () => void (back += 1) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const ask = (): Promise<LaptopAnswer | LaptopError> =>
    watched.call(POLL, new AbortController().signal).catch((error: unknown) => error as LaptopError);
  const greetings = (): typeof laptop.calls => laptop.calls.filter(({ call }) => call.path === '/v1/hello');
  const passes = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
  /** A first answer, so that it is known to be there. */
  const heardOnce = async (): Promise<void> => {
    const first = ask();
    laptop.calls[0]?.answer(200);
    await first;
  };

  it('fails what waits, seven seconds after it was last heard, and says since when', async () => {
    await heardOnce();
    const since = timeOf(Date.now());
    const waits = ask();
    await passes(6_900);
    expect(greetings()).toHaveLength(1);
    await passes(200);
    const error = await waits;
    expect(error).toBeInstanceOf(LaptopError);
    expect(error).toMatchObject({ code: 'laptop_unreachable', message: `nothing was heard from it since ${since}` });
    expect(laptop.calls[1]?.signal.aborted).toBe(true);
  });

  it('lets a question wait as long as greetings are answered, also slowly', async () => {
    await heardOnce();
    let answered = false;
    void ask().then(() => (answered = true));
    for (let turn = 1; turn <= 6; turn++) {
      await passes(3_000);
      expect(greetings()).toHaveLength(turn);
      await passes(3_500);
      greetings().at(-1)?.answer(200);
    }
    await passes(0);
    expect(answered).toBe(false);
    expect(laptop.calls[1]?.signal.aborted).toBe(false);
  });

  it('takes every answer for a sign of life', async () => {
    await heardOnce();
    void ask();
    for (let turn = 0; turn < 10; turn++) {
      await passes(2_000);
      const other = ask();
      laptop.calls.at(-1)?.answer(200);
      await other;
    }
    expect(greetings()).toEqual([]);
  });

  it('greets once however often the kernel asks again, and tells when it is answered', async () => {
    await heardOnce();
    for (let turn = 0; turn < 5; turn++) {
      const waits = ask();
      await passes(7_000);
      expect(await waits).toBeInstanceOf(LaptopError);
    }
    expect(greetings()).toHaveLength(1);
    expect(back).toBe(0);
    greetings()[0]?.answer(200);
    await passes(0);
    expect(back).toBe(1);
  });

  it('asks nothing for a page that nobody sees, and nothing while no question is open', async () => {
    await heardOnce();
    await passes(60_000);
    seen = false;
    void ask();
    await passes(60_000);
    expect(greetings()).toEqual([]);
    seen = true;
    await passes(3_000);
    expect(greetings()).toHaveLength(1);
  });

  it('waits for as long as the browser may be asking the user', async () => {
    void ask();
    await passes(600_000);
    expect(laptop.calls).toHaveLength(1);
    expect(laptop.calls[0]?.signal.aborted).toBe(false);
  });

  it('does not take its own standstill for that of the laptop', async () => {
    await heardOnce();
    void ask();
    await passes(3_000);
    // The page was frozen: its timer comes late, and the answer is in the queue behind it.
    vi.setSystemTime(Date.now() + 600_000);
    await passes(4_000);
    expect(laptop.calls[1]?.signal.aborted).toBe(false);
    greetings()[0]?.answer(200);
    await passes(4_000);
    expect(laptop.calls[1]?.signal.aborted).toBe(false);
  });

  it('has no timer left when nothing is open or it is closed', async () => {
    await heardOnce();
    expect(vi.getTimerCount()).toBe(0);
    void ask();
    watched.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(laptop.closed).toBe(true);
  });
});
