import type { JsonObject } from '../messages';
import type { LaptopAnswer } from './transport';

/** A policy of the page can leave a socket without an end: it neither opens nor fails. */
const OPENS_WITHIN_MS = 4_000;
const HEAD_BYTES = 6;

export type OpenSocket = (url: string, token: string, onGone: () => void) => LaptopSocket;

type Settle = (answer: LaptopAnswer | null) => void;

/**
 * A socket to the laptop server, for a question that somebody waits for: a fetch takes the browser several times as
 * long (PROTOCOL.md, section 3, Socket). Where it does not open, or goes, the call is a fetch as every other.
 */
export class LaptopSocket {
  /** It has been open at least once. */
  opened = false;
  private next = 1;
  private readonly waiting = new Map<number, Settle>();
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly socket: WebSocket,
    token: string,
    onGone: () => void,
  ) {
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      clearTimeout(this.timer);
      this.opened = true;
      socket.send(JSON.stringify({ token }));
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer && data.byteLength >= HEAD_BYTES) this.receive(data);
    };
    socket.onclose = () => {
      this.close();
      onGone();
    };
    this.timer = setTimeout(() => {
      socket.close();
    }, OPENS_WITHIN_MS);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** The answer to `next`; null where the socket went meanwhile. Rejects with the reason of the signal. */
  ask(replica: string, next: JsonObject, signal: AbortSignal): Promise<LaptopAnswer | null> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.waiting.delete(id);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.set(id, (answer) => {
        signal.removeEventListener('abort', abort);
        resolve(answer);
      });
      this.socket.send(JSON.stringify({ id, replica, next }));
    });
  }

  close(): void {
    clearTimeout(this.timer);
    this.socket.close();
    for (const settle of this.waiting.values()) settle(null);
    this.waiting.clear();
  }

  private receive(data: ArrayBuffer): void {
    const head = new DataView(data);
    const id = head.getUint32(0);
    this.waiting.get(id)?.({ status: head.getUint16(4), body: data.slice(HEAD_BYTES) });
    this.waiting.delete(id);
  }
}

export const openSocket: OpenSocket = (url, token, onGone) => new LaptopSocket(new WebSocket(url), token, onGone);
