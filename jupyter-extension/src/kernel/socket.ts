import type { JsonObject } from '../messages';
import { isGone } from './sessions';
import {
  decodeLegacy,
  decodeV1,
  encodeLegacy,
  encodeV1,
  V1,
  type Channel,
  type KernelMessage,
  type Wanted,
} from './wire';

/** Where the Jupyter server is, and how this page may speak to it. */
export interface JupyterServer {
  /** Ends with a slash. */
  baseUrl: string;
  token: string;
}

export interface SocketEvents {
  connected(): void;
  message(message: KernelMessage): void;
  /** The connection broke and is being built again, or (`gone`) the server knows no such kernel. */
  lost(gone: boolean): void;
}

const RETRY_MS = [50, 500, 1_000, 2_000, 5_000, 10_000];
const PROBE_MS = 8_000;

/**
 * A kernel WebSocket of our own to the Jupyter server, beside the front end's: a transfer there never stands in front
 * of the user's next cell. Reconnects by itself; what was sent meanwhile is lost. After sleep, when a dead connection
 * still looks open, it asks for a sign of life.
 */
export class KernelSocket {
  readonly session = crypto.getRandomValues(new Uint32Array(4)).join('');
  private socket: WebSocket | null = null;
  private protocols: string[] = [V1];
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private probe: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly look = (): void => {
    if (document.visibilityState === 'visible') this.awake();
  };

  constructor(
    private readonly server: JupyterServer,
    private readonly kernel: string,
    private readonly wanted: Wanted,
    private readonly events: SocketEvents,
  ) {}

  start(): void {
    addEventListener('online', this.look);
    document.addEventListener('visibilitychange', this.look);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    removeEventListener('online', this.look);
    document.removeEventListener('visibilitychange', this.look);
    clearTimeout(this.timer);
    clearTimeout(this.probe);
    this.socket?.close();
  }

  get connected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Returns the message's id, or null if it could not be sent. */
  send(
    channel: Channel,
    type: string,
    content: JsonObject,
    subshell: string | null,
    buffers: ArrayBuffer[] = [],
  ): string | null {
    const socket = this.socket;
    if (!socket || !this.connected) return null;
    const id = crypto.getRandomValues(new Uint32Array(4)).join('');
    const message: KernelMessage = {
      channel,
      header: {
        msg_id: id,
        msg_type: type,
        session: this.session,
        username: '',
        version: '5.4',
        date: new Date().toISOString(),
        ...(subshell === null ? {} : { subshell_id: subshell }),
      },
      parent_header: {},
      metadata: {},
      content,
      buffers,
    };
    socket.send(socket.protocol === V1 ? encodeV1(message) : encodeLegacy(message));
    return id;
  }

  private connect(): void {
    const url = new URL(`api/kernels/${encodeURIComponent(this.kernel)}/channels`, this.server.baseUrl);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('session_id', this.session);
    if (this.server.token) url.searchParams.set('token', this.server.token);
    const socket = new WebSocket(url, this.protocols);
    socket.binaryType = 'arraybuffer';
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.failures = 0;
      this.events.connected();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      clearTimeout(this.probe);
      const message =
        socket.protocol === V1 && typeof data !== 'string'
          ? decodeV1(data, this.wanted)
          : decodeLegacy(data, this.wanted);
      if (message) this.events.message(message);
    };
    socket.onclose = () => {
      if (this.stopped || this.socket !== socket) return;
      this.socket = null;
      if (opened) this.events.lost(false);
      else this.protocols = this.protocols.length > 0 ? [] : [V1]; // An old server knows no subprotocol.
      this.retry();
    };
    this.socket = socket;
  }

  private retry(): void {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0;
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reconnect(), wait);
  }

  private async reconnect(): Promise<void> {
    if (this.failures > 2 && (await isGone(this.server, this.kernel))) {
      this.events.lost(true);
      return;
    }
    if (!this.stopped && !this.socket) this.connect();
  }

  private awake(): void {
    if (this.stopped) return;
    if (!this.socket) {
      this.failures = 0;
      this.retry();
    } else if (this.connected) {
      clearTimeout(this.probe);
      this.probe = setTimeout(() => {
        // Not close(): its event waits for a peer that is not there.
        const dead = this.socket;
        this.socket = null;
        dead?.close();
        this.events.lost(false);
        this.retry();
      }, PROBE_MS);
      this.send('control', 'kernel_info_request', {}, null);
    }
  }
}
