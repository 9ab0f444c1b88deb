import type { KernelLink } from './kernel/link';
import { toKernel, type Answer, type JsonObject } from './messages';
import type { Relay } from './relay';
import type { SessionState } from './state';

/** So much may be left of a transfer whose rate is not known, for Run to wait for it. */
const UNKNOWN_RATE_BYTES = 512 * 1024;

/** What is newest at the laptop: the cursor, or null where that is not known. */
export type Asking = Promise<JsonObject | null>;

/** What a session does when its user presses Run: asks the laptop, and tells the kernel what it had (P3). */
export class AtRun {
  private readonly asks = new Map<number, (answer: Answer) => void>();
  private nextAsk = 1;

  constructor(
    private readonly state: Readonly<SessionState>,
    private readonly link: KernelLink,
    private readonly relay: () => Relay | null,
    private readonly ranOnOlder: (is: boolean) => void,
  ) {}

  /** Whether the kernel hears this page while a cell runs, or waits to. */
  get isHeardInCells(): boolean {
    return this.link.besideCells;
  }

  /**
   * Run was pressed: the laptop's newest cursor, if what leads there is on its way to the kernel or with it; else null.
   * Where the kernel cannot ask by itself while a cell runs, the rest is brought first, for at most `most` ms.
   */
  async ask(most: number): Asking {
    const { kernel, laptop, paused } = this.state;
    if (kernel.is !== 'open' || laptop.is !== 'ready' || laptop.away || paused || most <= 0) return null;
    const until = performance.now() + most;
    const cursor = (await this.relay()?.newest(this.link.besideCells, AbortSignal.timeout(most))) ?? null;
    if (cursor === null && !this.link.besideCells) {
      const brought = !this.comesTooLate(most) && (await this.askFresh(until - performance.now()));
      this.ranOnOlder(!brought);
    } else if (this.state.ranOnOlder) {
      this.ranOnOlder(false);
    }
    return cursor;
  }

  /** For the run whose request has just left: that the laptop is asked, and what it had. Null: nobody is asked. */
  async vouch(run: string, asking: Asking | null, most: number): Promise<void> {
    if (asking) this.tell(toKernel.asks(run, most));
    this.tell(toKernel.fresh(run, await asking));
  }

  /** For the next run of the cell, where the kernel hears nothing once its request is there. */
  vouchNext(cell: string, cursor: JsonObject | null): void {
    this.tell(toKernel.freshNext(cell, new Date().toISOString(), cursor));
  }

  /** The kernel answers what it was asked. */
  answered(answer: Answer): void {
    this.asks.get(answer.id)?.(answer);
  }

  private tell(message: JsonObject): void {
    if (this.state.kernel.is === 'open') this.link.send(message);
  }

  /** Whether what is on its way cannot be here after `most` ms: waiting would only cost the cell time. */
  private comesTooLate(most: number): boolean {
    const { status, rate } = this.state;
    if (!status?.progress) return false;
    const left = status.progress.total - status.progress.received;
    return rate === null ? left > UNKNOWN_RATE_BYTES : (left / rate) * 1000 > most;
  }

  /** Resolves when the kernel has what was saved; false if it has not after `most` ms. */
  private askFresh(most: number): Promise<boolean> {
    const id = this.nextAsk++;
    return new Promise((resolve) => {
      const settle = (answered: boolean): void => {
        clearTimeout(timer);
        this.asks.delete(id);
        resolve(answered);
      };
      const timer = setTimeout(settle, most, false);
      this.asks.set(id, ({ newer }) => {
        settle(!newer);
      });
      this.link.send(toKernel.askFresh(id));
    });
  }
}
