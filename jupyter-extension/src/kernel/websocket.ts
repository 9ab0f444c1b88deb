import { BEACON, FROM_KERNEL, isObject, TO_KERNEL, type JsonObject } from '../messages';
import type { KernelEvents, KernelLink, Lost } from './link';
import { KernelSocket, type JupyterServer } from './socket';
import type { Channel, Header, KernelMessage } from './wire';

const OURS = new Set([
  'comm_msg',
  'comm_close',
  'status',
  'kernel_info_reply',
  'create_subshell_reply',
  'comm_info_reply',
]);
const SETUP_MS = 5_000;

/**
 * Kernel leg K1: comms over a WebSocket of our own. Where the kernel has subshells it makes one for the comms, so that
 * bytes go on arriving while a cell runs; elsewhere they wait for the cell.
 * Each connection: kernel info → subshell → the two opens. After a restart of the kernel, and on pages that were not
 * invited, it opens only once the beacon says that notesync is loaded, and looks for it after a cell, never by a timer.
 */
export class WebsocketLink implements KernelLink {
  readonly leg = 'websocket';
  private readonly socket: KernelSocket;
  private hello: () => JsonObject = () => ({});
  private events: KernelEvents | null = null;
  private comms: { to: string; from: string } | null = null;
  private subshell: string | null = null;
  private kernelSession: string | null = null;
  private readonly replies = new Map<string, (message: KernelMessage | null) => void>();
  private setups = 0;

  /** `invited`: the kernel has just said that notesync is loaded. */
  constructor(
    server: JupyterServer,
    kernel: string,
    private invited: boolean,
  ) {
    this.socket = new KernelSocket(server, kernel, wanted, {
      connected: () => void this.setUp(),
      message: (message) => {
        this.receive(message);
      },
      lost: (gone) => {
        this.drop(gone ? 'gone' : 'connection');
        this.invited = true; // The kernel had notesync a moment ago, and says so if it has not.
      },
    });
  }

  get besideCells(): boolean {
    return this.subshell !== null;
  }

  start(hello: () => JsonObject, events: KernelEvents): void {
    this.hello = hello;
    this.events = events;
    this.socket.start();
  }

  send(data: JsonObject, bytes?: ArrayBuffer): void {
    if (this.comms) this.shell('comm_msg', { comm_id: this.comms.to, data }, bytes ? [bytes] : []);
  }

  wake(): void {
    this.invited = true;
    if (this.socket.connected) void this.setUp();
  }

  stop(): void {
    this.closeComms();
    if (this.subshell !== null) {
      this.socket.send('control', 'delete_subshell_request', { subshell_id: this.subshell }, null);
    }
    this.socket.stop();
  }

  private async setUp(): Promise<void> {
    const setup = ++this.setups;
    const current = (): boolean => setup === this.setups;
    const info = await this.ask('control', 'kernel_info_request', {});
    if (!current()) return;
    const features = info?.content['supported_features'];
    if (Array.isArray(features) && features.includes('kernel subshells') && this.subshell === null) {
      const made = await this.ask('control', 'create_subshell_request', {});
      if (!current()) return;
      const id = made?.content['subshell_id'];
      this.subshell = typeof id === 'string' ? id : null;
    }
    if (!this.invited) {
      const beacon = await this.ask('shell', 'comm_info_request', { target_name: BEACON });
      if (!current() || this.comms) return;
      const comms = beacon?.content['comms'];
      if (!isObject(comms) || Object.keys(comms).length === 0) {
        this.events?.lost('unloaded');
        return;
      }
    }
    this.openComms();
  }

  private openComms(): void {
    this.closeComms();
    this.comms = { from: this.open(FROM_KERNEL), to: this.open(TO_KERNEL) };
    this.events?.opened();
  }

  private open(target_name: string): string {
    const comm_id = crypto.getRandomValues(new Uint32Array(4)).join('');
    this.shell('comm_open', { comm_id, target_name, data: this.hello() });
    return comm_id;
  }

  private closeComms(): void {
    for (const comm_id of this.comms ? [this.comms.to, this.comms.from] : []) {
      this.shell('comm_close', { comm_id, data: {} });
    }
    this.comms = null;
  }

  private drop(why: Lost): void {
    this.setups += 1;
    this.comms = null;
    for (const settle of this.replies.values()) settle(null);
    this.events?.lost(why);
  }

  private shell(type: string, content: JsonObject, buffers: ArrayBuffer[] = []): void {
    this.socket.send('shell', type, content, this.subshell, buffers);
  }

  /** The reply, or null if none came in time: a kernel that is busy and has no subshells, or is not there. */
  private ask(channel: Channel, type: string, content: JsonObject): Promise<KernelMessage | null> {
    const id = this.socket.send(channel, type, content, channel === 'shell' ? this.subshell : null);
    if (id === null) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle = (message: KernelMessage | null): void => {
        clearTimeout(timer);
        this.replies.delete(id);
        resolve(message);
      };
      const timer = setTimeout(settle, SETUP_MS, null);
      this.replies.set(id, settle);
    });
  }

  private receive(message: KernelMessage): void {
    const { header, content, parent_header } = message;
    switch (header.msg_type) {
      case 'comm_msg':
        if (content['comm_id'] === this.comms?.from) this.events?.message(content['data'], message.buffers);
        break;
      case 'comm_close':
        if (this.comms && (content['comm_id'] === this.comms.to || content['comm_id'] === this.comms.from)) {
          this.closeComms();
          this.invited = false;
          this.events?.lost('unloaded');
        }
        break;
      case 'status':
        this.status(header, content['execution_state'], parent_header['msg_type']);
        break;
      default:
        if (typeof parent_header['msg_id'] === 'string') this.replies.get(parent_header['msg_id'])?.(message);
    }
  }

  private status(header: Header, state: unknown, cause: unknown): void {
    // The server itself reports "restarting" and "dead", under a session of its own.
    if (state !== 'starting' && state !== 'busy' && state !== 'idle') return;
    if (this.kernelSession !== null && header.session !== this.kernelSession) {
      this.subshell = null;
      this.invited = false;
      this.drop('restarted');
    }
    this.kernelSession = header.session;
    if (!this.comms && state === 'idle' && cause === 'execute_request') void this.setUp();
  }
}

function wanted(channel: Channel, header: Header): boolean {
  return OURS.has(header.msg_type) && (channel !== 'iopub' || header.msg_type !== 'kernel_info_reply');
}
