import type { KernelLink } from './kernel/link';
import { toKernel, type Answer, type JsonObject } from './messages';
import type { Relay } from './relay';
import type { SessionState } from './state';

/** So much may be left of a transfer whose rate is not known, for Run to wait for it. */
const UNKNOWN_RATE_BYTES = 512 * 1024;

/** A kernel that can ask by itself need not be kept waiting longer: what is slow there goes on beside it. */
const PATIENCE_MS = 250;

/** The word for the kernel on what the laptop had, for the metadata of the request; null where that is not known. */
export type Asking = Promise<JsonObject | null>;

/** What a session does when its user presses Run: asks the laptop, before the request leaves (P3). */
export class AtRun {
  private readonly asks = new Map<number, (answer: Answer) => void>();
  private nextAsk = 1;

  constructor(
    private readonly relayId: string,
    private readonly state: Readonly<SessionState>,
    private readonly link: KernelLink,
    private readonly relay: () => Relay | null,
    private readonly ranOnOlder: (is: boolean) => void,
  ) {}

  /**
   * Run was pressed: the laptop's newest cursor, if what leads there is on its way to the kernel or with it.
   * Where the kernel cannot ask by itself while a cell runs, the rest is brought first, for at most `most` ms.
   */
  async ask(most: number): Asking {
    const { kernel, laptop, paused } = this.state;
    if (kernel.is !== 'open' || laptop.is !== 'ready' || laptop.away || paused || most <= 0) return null;
    const until = performance.now() + most;
    const { besideCells } = this.link;
    const patience = AbortSignal.timeout(besideCells ? Math.min(most, PATIENCE_MS) : most);
    const cursor = (await this.relay()?.newest(besideCells, patience)) ?? null;
    if (cursor === null && !besideCells) {
      const brought = !this.comesTooLate(most) && (await this.askFresh(until - performance.now()));
      this.ranOnOlder(!brought);
    } else if (this.state.ranOnOlder) {
      this.ranOnOlder(false);
    }
    return cursor && toKernel.seen(this.relayId, cursor);
  }

  /** The kernel answers what it was asked. */
  answered(answer: Answer): void {
    this.asks.get(answer.id)?.(answer);
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
