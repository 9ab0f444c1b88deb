import { LaptopError, type LaptopAnswer, type LaptopCall, type LaptopTransport } from '../src/laptop/transport';
import type { KernelEvents, KernelLink, Lost } from '../src/kernel/link';
import type { JsonObject, LaptopLeg } from '../src/messages';

/** A call that the test answers when, and in the order, that it likes. */
export interface OpenCall {
  call: LaptopCall;
  signal: AbortSignal;
  answer(status: number, body?: ArrayBuffer | JsonObject): void;
  fail(error: Error): void;
}

/** A laptop whose answers the test gives by hand, or by a handler. */
export class FakeLaptop implements LaptopTransport {
  readonly calls: OpenCall[] = [];
  closed = false;
  handler: ((call: LaptopCall) => LaptopAnswer | LaptopError | null) | null = null;

  constructor(readonly leg: LaptopLeg = 'direct') {}

  call(call: LaptopCall, signal: AbortSignal): Promise<LaptopAnswer> {
    const handled = this.handler?.(call) ?? null;
    if (handled instanceof Error) return Promise.reject(handled);
    if (handled) return Promise.resolve(handled);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      this.calls.push({
        call,
        signal,
        answer: (status, body = new ArrayBuffer(0)) => {
          resolve({ status, body: body instanceof ArrayBuffer ? body : json(body) });
        },
        fail: reject,
      });
    });
  }

  close(): void {
    this.closed = true;
  }
}

export function json(value: JsonObject): ArrayBuffer {
  return new TextEncoder().encode(JSON.stringify(value)).buffer;
}

/** A kernel link whose kernel is the test. */
export class FakeLink implements KernelLink {
  readonly leg = 'websocket';
  besideCells = false;
  readonly sent: { data: JsonObject; bytes: ArrayBuffer | null }[] = [];
  woken = 0;
  stopped = false;
  private events: KernelEvents | null = null;

  /** What the page calls itself. */
  relay: unknown = null;

  start(hello: () => JsonObject, events: KernelEvents): void {
    this.relay = hello()['relay'];
    this.events = events;
  }

  send(data: JsonObject, bytes?: ArrayBuffer): void {
    this.sent.push({ data, bytes: bytes ?? null });
  }

  wake(): void {
    this.woken += 1;
  }

  stop(): void {
    this.stopped = true;
  }

  says(data: JsonObject, ...buffers: ArrayBuffer[]): void {
    this.events?.message(data, buffers);
  }

  hello(more: JsonObject = {}): void {
    this.events?.opened();
    this.says({
      kind: 'hello',
      notesync: 'kernel',
      protocol: 1,
      version: '0.1.0',
      capabilities: [],
      role: 'carrier',
      ...more,
    });
  }

  loses(why: Lost): void {
    this.events?.lost(why);
  }

  kinds(): unknown[] {
    return this.sent.map(({ data }) => data['kind']);
  }
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
