import { bodyOf, headersOf, LaptopError, type LaptopAnswer, type LaptopCall, type LaptopTransport } from './transport';
import { openWindow, use, windowInUse } from './windows';
import { isObject, PROTOCOL_VERSION } from '../messages';

/** The window calls every half second. */
const ADOPT_MS = 2_000;
const LOAD_MS = 15_000;
const CLOSED_CHECK_MS = 1_000;

type Closed = (error: LaptopError) => void;

interface Pending {
  resolve(answer: LaptopAnswer): void;
  reject(error: Error): void;
}

/**
 * Laptop leg L2: a window of the laptop server, opened by a click, does the calls; they reach it through a
 * MessagePort, which binds them to that one window (PROTOCOL.md, section 3, "Popup"). The window is first-party at
 * 127.0.0.1, so that no permission is needed. The notebooks of one page share it, each with a port of its own.
 */
export class PopupLaptop implements LaptopTransport {
  readonly leg = 'popup';
  private next = 1;
  private readonly pending = new Map<number, Pending>();
  private ended: LaptopError | null = null;
  private readonly watch: ReturnType<typeof setInterval>;

  private constructor(
    popup: Window,
    private readonly port: MessagePort,
    private readonly onClosed: Closed,
    private readonly letGo: () => void,
  ) {
    port.onmessage = ({ data }) => {
      this.receive(data);
    };
    this.watch = setInterval(() => {
      if (popup.closed) this.end(new LaptopError('popup_closed', 'the notesync window was closed'));
    }, CLOSED_CHECK_MS);
  }

  /**
   * Opens the window. MUST run inside the click: browsers open windows for nothing else. `onClosed` is called once, when
   * the window goes without being asked to.
   */
  static open(page: Window, laptop: string, label: string, onClosed: Closed): Promise<PopupLaptop> {
    const shared = windowInUse(page, laptop);
    if (shared) {
      // It may have to ask the user.
      shared.focus();
      return Promise.resolve(PopupLaptop.join(page, laptop, label, onClosed, shared));
    }
    const url = `${laptop}/bridge`;
    const popup = openWindow(page, url);
    if (!popup) return Promise.reject(new LaptopError('popup_blocked', 'the browser did not open the notesync window'));
    const late = new LaptopError('laptop_unreachable', `${url} did not load in the notesync window`);
    return PopupLaptop.meet(page, laptop, label, onClosed, { popup, wait: LOAD_MS, late });
  }

  /**
   * Takes up the window that another notebook of this page uses, or that an earlier life of the page left open and that
   * calls its opener by itself. No click needed.
   */
  static adopt(page: Window, laptop: string, label: string, onClosed: Closed): Promise<PopupLaptop> {
    const shared = windowInUse(page, laptop);
    if (shared) return Promise.resolve(PopupLaptop.join(page, laptop, label, onClosed, shared));
    const late = new LaptopError('popup_closed', 'the notesync window is no longer there');
    return PopupLaptop.meet(page, laptop, label, onClosed, { popup: null, wait: ADOPT_MS, late });
  }

  private static join(page: Window, laptop: string, label: string, onClosed: Closed, bridge: Window): PopupLaptop {
    const { port1, port2 } = new MessageChannel();
    bridge.postMessage({ notesync: 'connect', protocol: PROTOCOL_VERSION, label }, new URL(laptop).origin, [port2]);
    return new PopupLaptop(bridge, port1, onClosed, use(page, laptop, bridge));
  }

  private static meet(
    page: Window,
    laptop: string,
    label: string,
    onClosed: Closed,
    { popup, wait, late }: { popup: Window | null; wait: number; late: LaptopError },
  ): Promise<PopupLaptop> {
    const { origin } = new URL(laptop);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        clearInterval(watch);
        page.removeEventListener('message', listen);
      };
      const give = (error: LaptopError): void => {
        stop();
        reject(error);
      };
      const timer = setTimeout(give, wait, late);
      // A page with Cross-Origin-Opener-Policy: same-origin loses the window at once: to it, it looks closed.
      const watch = setInterval(() => {
        if (popup?.closed) give(new LaptopError('popup_cut_off', 'the page and the notesync window were separated'));
      }, CLOSED_CHECK_MS);
      const listen = (event: MessageEvent<unknown>): void => {
        const { data, source } = event;
        if (popup !== null && source === popup && isObject(data) && data['sandboxed'] === true) {
          give(new LaptopError('popup_sandboxed', 'the frame of this page locks the notesync window in'));
          return;
        }
        if (event.origin !== origin || !isObject(data) || data['notesync'] !== 'bridge') return;
        if (source === null || (popup !== null && source !== popup)) return;
        stop();
        resolve(PopupLaptop.join(page, laptop, label, onClosed, source as Window));
      };
      page.addEventListener('message', listen);
    });
  }

  call(call: LaptopCall, signal: AbortSignal): Promise<LaptopAnswer> {
    if (this.ended) return Promise.reject(this.ended);
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.pending.delete(id);
        this.port.postMessage({ id, cancel: true });
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      const settled = (): void => {
        signal.removeEventListener('abort', abort);
      };
      this.pending.set(id, {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.port.postMessage({ id, method: call.method, path: call.path, headers: headersOf(call), body: bodyOf(call) });
    });
  }

  close(): void {
    if (!this.ended) this.port.postMessage({ closing: true });
    this.finish(new LaptopError('popup_closed', 'the page let go of the notesync window'));
  }

  private receive(data: unknown): void {
    if (!isObject(data)) return;
    if (data['closing'] === true) {
      this.end(new LaptopError('popup_closed', 'the notesync window was closed'));
      return;
    }
    const waiting = this.pending.get(Number(data['id']));
    if (!waiting) return;
    this.pending.delete(Number(data['id']));
    const { status, body, message } = data as { status?: unknown; body?: unknown; message?: unknown };
    if (typeof status === 'number' && body instanceof ArrayBuffer) {
      waiting.resolve({ status, body });
    } else {
      waiting.reject(
        new LaptopError('laptop_unreachable', typeof message === 'string' ? message : 'the laptop did not answer'),
      );
    }
  }

  private end(error: LaptopError): void {
    if (this.finish(error)) this.onClosed(error);
  }

  private finish(error: LaptopError): boolean {
    if (this.ended) return false;
    this.ended = error;
    this.letGo();
    clearInterval(this.watch);
    this.port.close();
    for (const waiting of this.pending.values()) waiting.reject(error);
    this.pending.clear();
    return true;
  }
}
