import {
  bodyOf,
  headersOf,
  LaptopError,
  type LaptopErrorCode,
  type LaptopAnswer,
  type LaptopCall,
  type LaptopTransport,
} from './transport';
import { isObject, PROTOCOL_VERSION } from '../messages';

const WINDOW_NAME = 'notesync_bridge';
const WINDOW_FEATURES = 'popup,width=520,height=680';
const LOAD_MS = 15_000;
const CLOSED_CHECK_MS = 1_000;

interface Pending {
  resolve(answer: LaptopAnswer): void;
  reject(error: Error): void;
}

/**
 * Laptop leg L2: a window of the laptop server, opened by a click, does the calls; they reach it through a
 * MessagePort, which binds them to that one window (PROTOCOL.md, section 3, "Popup"). The window is first-party at
 * 127.0.0.1, so that no permission is needed.
 */
export class PopupLaptop implements LaptopTransport {
  readonly leg = 'popup';
  private next = 1;
  private readonly pending = new Map<number, Pending>();
  private ended: LaptopError | null = null;
  private readonly watch: ReturnType<typeof setInterval>;

  private constructor(
    private readonly popup: Window,
    private readonly port: MessagePort,
    private readonly onClosed: (error: LaptopError) => void,
  ) {
    port.onmessage = ({ data }) => {
      this.receive(data);
    };
    this.watch = setInterval(() => {
      if (popup.closed) this.end(new LaptopError('popup_closed', 'the notesync window was closed'));
    }, CLOSED_CHECK_MS);
  }

  /**
   * Opens the window, or takes up the one that is still open from before a reload. MUST run inside the click: browsers
   * open windows for nothing else. `onClosed` is called once, when the window goes without being asked to.
   */
  static open(
    page: Window,
    laptop: string,
    label: string,
    onClosed: (error: LaptopError) => void,
  ): Promise<PopupLaptop> {
    const url = `${laptop}/bridge`;
    const origin = new URL(laptop).origin;
    const popup = page.open(url, WINDOW_NAME, WINDOW_FEATURES);
    if (!popup) return Promise.reject(new LaptopError('popup_blocked', 'the browser did not open the notesync window'));
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        clearInterval(watch);
        page.removeEventListener('message', listen);
      };
      const give = (code: LaptopErrorCode, message: string): void => {
        stop();
        reject(new LaptopError(code, message));
      };
      const timer = setTimeout(give, LOAD_MS, 'laptop_unreachable', `${url} did not load in the notesync window`);
      // A page with Cross-Origin-Opener-Policy: same-origin loses the window at once: to it, it looks closed.
      const watch = setInterval(() => {
        if (popup.closed) give('popup_blocked', 'the page and the notesync window were separated');
      }, CLOSED_CHECK_MS);
      const listen = (event: MessageEvent<unknown>): void => {
        const data = event.data;
        if (event.source !== popup || event.origin !== origin || !isObject(data)) return;
        if (data['notesync'] !== 'bridge') return;
        stop();
        const channel = new MessageChannel();
        popup.postMessage({ notesync: 'connect', protocol: PROTOCOL_VERSION, label }, origin, [channel.port2]);
        resolve(new PopupLaptop(popup, channel.port1, onClosed));
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
    this.finish(new LaptopError('popup_closed', 'the page let go of the notesync window'));
  }

  /** Brings the window to the front; only inside a click. */
  show(): void {
    this.popup.focus();
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
    clearInterval(this.watch);
    this.port.close();
    for (const waiting of this.pending.values()) waiting.reject(error);
    this.pending.clear();
    return true;
  }
}
