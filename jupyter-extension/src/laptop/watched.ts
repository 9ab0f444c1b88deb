import { LaptopError, type LaptopAnswer, type LaptopCall, type LaptopTransport } from './transport';
import { timeOf } from '../texts';

const QUIET_MS = 3_000;
const PATIENCE_MS = 4_000;
const HELLO: LaptopCall = { method: 'GET', path: '/v1/hello', token: null, body: null };

export interface Watch {
  /** Whether somebody may look at the page; nothing is asked for a page in the background. */
  isSeen(): boolean;
  /** The laptop was silent, and is heard again. */
  onBack(): void;
}

/**
 * A laptop leg that notices within seconds when nobody is at its other end any more: a question that waits 25 s for
 * what is new looks the same over a living connection and a dead one. While a call is open and nothing was heard for
 * 3 s the laptop is greeted; if it is silent for 4 s more, what is open fails. One greeting at a time, and none before
 * the first answer: until then the browser may be asking the user.
 */
export class WatchedLaptop implements LaptopTransport {
  readonly leg: LaptopTransport['leg'];
  /** When an answer was last heard, by the clock on the wall. */
  heardAt: number | null = null;
  private readonly open = new Set<AbortController>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private greets = false;
  private silent = false;

  constructor(
    private readonly laptop: LaptopTransport,
    private readonly watch: Watch,
  ) {
    this.leg = laptop.leg;
  }

  async call(call: LaptopCall, signal: AbortSignal): Promise<LaptopAnswer> {
    const given = new AbortController();
    this.open.add(given);
    if (this.open.size === 1) this.await();
    try {
      const answer = await this.laptop.call(call, AbortSignal.any([signal, given.signal]));
      this.heard();
      return answer;
    } finally {
      this.open.delete(given);
      if (this.open.size === 0) clearTimeout(this.timer);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.laptop.close();
  }

  private heard(): void {
    this.heardAt = Date.now();
    this.silent = false;
    if (this.open.size > 0) this.await();
  }

  private await(): void {
    this.after(QUIET_MS, () => {
      if (this.heardAt !== null && this.watch.isSeen()) this.greet();
      else this.await();
    });
  }

  private greet(): void {
    if (!this.greets) void this.greeting();
    const asked = Date.now();
    this.after(PATIENCE_MS, () => {
      // A page that stood still itself has heard nothing for that reason alone.
      if (Date.now() - asked < 2 * PATIENCE_MS) this.giveUp();
      else this.await();
    });
  }

  private async greeting(): Promise<void> {
    this.greets = true;
    try {
      await this.laptop.call(HELLO, new AbortController().signal);
      const back = this.silent;
      this.heard();
      if (back) this.watch.onBack();
    } catch {
      // What is open fails for the same reason, or is given up.
    } finally {
      this.greets = false;
    }
  }

  private giveUp(): void {
    this.silent = true;
    const since = timeOf(this.heardAt ?? Date.now());
    const why = new LaptopError('laptop_unreachable', `nothing was heard from it since ${since}`);
    for (const one of this.open) one.abort(why);
  }

  private after(milliseconds: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, milliseconds);
  }
}
