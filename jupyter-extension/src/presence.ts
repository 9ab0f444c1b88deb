/**
 * Pages of one browser see each other's end, however sudden: each holds a lock of its own, which the browser lets go
 * with the page. Costs nothing until then. Where there are no locks (a page on plain http, a sandboxed frame) or the
 * other page is one of another browser, nothing is seen here, and the kernel finds out.
 */
export interface Presence {
  hold(relay: string): void;
  letGo(): void;
  /** Calls `gone` once, when the page that holds the relay's lock has ended. Ends the watch before. */
  watch(relay: string | null, gone: () => void): void;
}

export const ALONE: Presence = { hold: () => undefined, letGo: () => undefined, watch: () => undefined };

export function presenceOf(page: Window): Presence {
  const { locks } = page.navigator as { locks?: LockManager };
  return locks ? new Locked(locks) : ALONE;
}

class Locked implements Presence {
  private readonly ended = new AbortController();
  private release: () => void = () => undefined;
  private watching = new AbortController();

  constructor(private readonly locks: LockManager) {}

  hold(relay: string): void {
    const held = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    this.locks.request(lockOf(relay), { signal: this.ended.signal }, () => held).catch(() => undefined);
  }

  letGo(): void {
    this.ended.abort();
    this.watching.abort();
    this.release();
  }

  watch(relay: string | null, gone: () => void): void {
    this.watching.abort();
    this.watching = new AbortController();
    if (relay !== null) void this.see(lockOf(relay), this.watching.signal, gone);
  }

  private async see(name: string, signal: AbortSignal, gone: () => void): Promise<void> {
    try {
      const { held } = await this.locks.query();
      if (!held?.some((lock) => lock.name === name)) return;
      await this.locks.request(name, { mode: 'shared', signal }, () => undefined);
      if (!signal.aborted) gone();
    } catch {
      // The watch was ended, or this frame may have no locks.
    }
  }
}

function lockOf(relay: string): string {
  return `notesync.relay.${relay}`;
}
