import { FROM_KERNEL, TO_KERNEL, type JsonObject, type KernelLeg } from '../messages';
import { buffersOf, withBuffers } from './base64';
import type { KernelEvents, KernelLink } from './link';

/** A comm as the page's host has it. */
export interface HostComm {
  send(data: JsonObject, buffers: ArrayBuffer[]): void;
  close(): void;
}

export interface CommEvents {
  message(data: unknown, buffers: ArrayBuffer[]): void;
  closed(): void;
}

/** What a host must offer: the page opens comms, the kernel does not. */
export interface HostComms {
  open(target: string, data: JsonObject, events: CommEvents): Promise<HostComm>;
}

/**
 * Kernel legs K2 to K4: the comms of the page's host, with the buffers inside the messages where it carries none
 * (`base64`). The host keeps its own connection to the kernel; when a comm closes, the kernel has let go.
 */
export class HostLink implements KernelLink {
  readonly besideCells = false;
  private hello: () => JsonObject = () => ({});
  private events: KernelEvents | null = null;
  private comms: { to: HostComm; from: HostComm } | null = null;
  private openings = 0;

  constructor(
    readonly leg: KernelLeg,
    private readonly host: HostComms,
  ) {}

  start(hello: () => JsonObject, events: KernelEvents): void {
    this.hello = hello;
    this.events = events;
    void this.open();
  }

  send(data: JsonObject, bytes?: ArrayBuffer): void {
    const buffers = bytes ? [bytes] : [];
    if (this.leg === 'base64') this.comms?.to.send(withBuffers(data, buffers), []);
    else this.comms?.to.send(data, buffers);
  }

  wake(): void {
    void this.open();
  }

  stop(): void {
    this.openings += 1;
    this.close();
  }

  private async open(): Promise<void> {
    const opening = ++this.openings;
    this.close();
    const closed = (): void => {
      if (opening !== this.openings) return;
      this.openings += 1;
      this.close();
      this.events?.lost('unloaded');
    };
    // Hosts tell that a comm is open once the kernel has taken it: its hello may be here before that.
    let early: (() => void)[] | null = [];
    const message = (data: unknown, buffers: ArrayBuffer[]): void => {
      if (opening !== this.openings) return;
      const tell = (): void => this.events?.message(data, this.leg === 'base64' ? buffersOf(data) : buffers);
      if (early) early.push(tell);
      else tell();
    };
    const ignore = (): void => undefined;
    try {
      const from = await this.host.open(FROM_KERNEL, this.hello(), { message, closed });
      const to = await this.host.open(TO_KERNEL, this.hello(), { message: ignore, closed });
      if (opening !== this.openings) {
        from.close();
        to.close();
        return;
      }
      this.comms = { from, to };
      this.events?.opened();
      const waiting = early;
      early = null;
      for (const tell of waiting) tell();
    } catch {
      closed();
    }
  }

  private close(): void {
    this.comms?.to.close();
    this.comms?.from.close();
    this.comms = null;
  }
}

/** A buffer that is nothing but its bytes: hosts give views, and some send the whole buffer behind a view. */
export function tight(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  const { buffer: whole, byteOffset, byteLength } = buffer;
  return whole.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
