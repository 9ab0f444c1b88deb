// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebsocketLink } from '../src/kernel/websocket';
import { decodeV1, encodeLegacy, encodeV1, V1, type Channel, type KernelMessage } from '../src/kernel/wire';
import { BEACON, FROM_KERNEL, TO_KERNEL, type JsonObject } from '../src/messages';

/** A Jupyter server with one kernel, behind a WebSocket that the test breaks and mends. */
class Jupyter {
  sockets: FakeSocket[] = [];
  heard: KernelMessage[] = [];
  features: string[] = ['kernel subshells'];
  beacon = true;
  speaksV1 = true;
  gone = false;
  process = 'process-1';

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('nobody has connected');
    return last;
  }

  says(channel: Channel, type: string, content: JsonObject, parent: JsonObject = {}): void {
    const header = { msg_id: 'm', msg_type: type, session: this.process, username: '', version: '5.4', date: '' };
    this.socket.receives({ channel, header, parent_header: parent, metadata: {}, content, buffers: [] });
  }

  hears(message: KernelMessage): void {
    this.heard.push(message);
    const { header } = message;
    const reply = (type: string, content: JsonObject): void => {
      setTimeout(() => {
        this.says(message.channel, type, content, header);
      });
    };
    if (header.msg_type === 'kernel_info_request') reply('kernel_info_reply', { supported_features: this.features });
    if (header.msg_type === 'create_subshell_request') reply('create_subshell_reply', { subshell_id: 's1' });
    if (header.msg_type === 'comm_info_request') {
      reply('comm_info_reply', { comms: this.beacon ? { b: { target_name: BEACON } } : {} });
    }
  }

  ran(): void {
    this.says('iopub', 'status', { execution_state: 'idle' }, { msg_type: 'execute_request', msg_id: 'e' });
  }

  restarts(): void {
    this.process = 'process-2';
    this.says('iopub', 'status', { execution_state: 'starting' });
  }

  opened(): unknown[] {
    return this.heard
      .filter(({ header }) => header.msg_type === 'comm_open')
      .map(({ content }) => content['target_name']);
  }

  types(): string[] {
    return this.heard.map(({ header }) => header.msg_type);
  }
}

let jupyter: Jupyter;

class FakeSocket {
  static readonly OPEN = 1;
  readyState = 0;
  protocol = '';
  binaryType = '';
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer | string }) => void) | null = null;

  constructor(
    readonly url: URL,
    protocols: string[],
  ) {
    jupyter.sockets.push(this);
    setTimeout(() => {
      if (jupyter.gone || (!jupyter.speaksV1 && protocols.length > 0)) {
        this.close();
        return;
      }
      this.protocol = protocols[0] ?? '';
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(data: ArrayBuffer | string): void {
    const message = typeof data === 'string' ? (JSON.parse(data) as KernelMessage) : decodeV1(data, () => true);
    if (message) jupyter.hears(message);
  }

  receives(message: KernelMessage): void {
    this.onmessage?.({ data: this.protocol === V1 ? encodeV1(message) : encodeLegacy(message) });
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

describe('the kernel WebSocket', () => {
  let seen: unknown[];
  let link: WebsocketLink;
  const turn = (milliseconds = 100): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

  beforeEach(() => {
    vi.useFakeTimers();
    jupyter = new Jupyter();
    vi.stubGlobal('WebSocket', FakeSocket);
    vi.stubGlobal('fetch', () => Promise.resolve({ status: jupyter.gone ? 404 : 200 }));
    seen = [];
  });
  afterEach(() => {
    link.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const start = async (invited = true): Promise<void> => {
    link = new WebsocketLink({ baseUrl: 'http://hub.example/user/ann/', token: 'secret' }, 'k 1', invited);
    link.start(() => ({ relay: 'r' }), {
      opened: () => seen.push('opened'),
      message: (data) => seen.push(data),
      lost: (why) => seen.push(`lost: ${why}`),
    });
    await turn();
  };

  it('goes to the kernel below the server’s base URL', async () => {
    await start();
    const { url, protocol } = jupyter.socket;
    expect(url.href).toMatch(
      /^ws:\/\/hub\.example\/user\/ann\/api\/kernels\/k%201\/channels\?session_id=\d+&token=secret$/,
    );
    expect(protocol).toBe(V1);
  });

  it('opens the comms in a subshell of its own', async () => {
    await start();
    expect(jupyter.types()).toEqual(['kernel_info_request', 'create_subshell_request', 'comm_open', 'comm_open']);
    expect(jupyter.opened()).toEqual([FROM_KERNEL, TO_KERNEL]);
    expect(jupyter.heard.slice(0, 2).map(({ channel }) => channel)).toEqual(['control', 'control']);
    expect(jupyter.heard.slice(2).map(({ header }) => header['subshell_id'])).toEqual(['s1', 's1']);
    expect(link.besideCells).toBe(true);
    expect(seen).toEqual(['opened']);
  });

  it('does nothing by a timer once it stands', async () => {
    await start();
    expect(seen).toEqual(['opened']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does without a subshell where the kernel has none', async () => {
    jupyter.features = [];
    await start();
    expect(jupyter.heard.at(-1)?.header).not.toHaveProperty('subshell_id');
    expect(link.besideCells).toBe(false);
    expect(seen).toEqual(['opened']);
  });

  it('speaks the older framing to a server that knows no other', async () => {
    jupyter.speaksV1 = false;
    await start();
    await turn(1_000);
    expect(jupyter.sockets.length).toBe(2);
    expect(jupyter.socket.protocol).toBe('');
    expect(seen).toEqual(['opened']);
  });

  it('hears only its own comm', async () => {
    await start();
    const from = jupyter.heard.find(({ content }) => content['target_name'] === FROM_KERNEL)?.content['comm_id'] ?? '';
    const to = jupyter.heard.find(({ content }) => content['target_name'] === TO_KERNEL)?.content['comm_id'] ?? '';
    for (const comm_id of ['other', to, from]) jupyter.says('iopub', 'comm_msg', { comm_id, data: { from: comm_id } });
    expect(seen).toEqual(['opened', { from }]);
  });

  it('sends on the other one', async () => {
    await start();
    const to = jupyter.heard.find(({ content }) => content['target_name'] === TO_KERNEL)?.content['comm_id'] ?? '';
    link.send({ kind: 'x' }, new ArrayBuffer(2));
    expect(jupyter.heard.at(-1)).toMatchObject({ channel: 'shell', content: { comm_id: to, data: { kind: 'x' } } });
    expect(jupyter.heard.at(-1)?.buffers[0]?.byteLength).toBe(2);
  });

  it('opens again after a broken connection, in the subshell that it has', async () => {
    await start();
    jupyter.heard = [];
    jupyter.socket.close();
    expect(seen.at(-1)).toBe('lost: connection');
    link.send({ kind: 'lost on the way' });
    await turn(1_000);
    expect(jupyter.types()).toEqual(['kernel_info_request', 'comm_open', 'comm_open']);
    expect(seen.at(-1)).toBe('opened');
  });

  it('keeps trying while the server is away, less and less often', async () => {
    await start();
    jupyter.speaksV1 = false;
    vi.stubGlobal(
      'WebSocket',
      class extends FakeSocket {
        constructor(url: URL) {
          super(url, ['never']);
        }
      },
    );
    jupyter.socket.close();
    await turn(60_000);
    expect(jupyter.sockets.length).toBeGreaterThan(5);
    expect(jupyter.sockets.length).toBeLessThan(15);
    vi.stubGlobal('WebSocket', FakeSocket);
    jupyter.speaksV1 = true;
    await turn(25_000);
    expect(seen.at(-1)).toBe('opened');
  });

  it('gives up when the kernel is gone', async () => {
    await start();
    jupyter.gone = true;
    jupyter.socket.close();
    await turn(60_000);
    const { length } = jupyter.sockets;
    expect(seen.at(-1)).toBe('lost: gone');
    await turn(600_000);
    expect(jupyter.sockets.length).toBe(length);
  });

  it('notices a new kernel process, and waits until notesync is loaded in it', async () => {
    await start();
    jupyter.ran();
    jupyter.beacon = false;
    jupyter.heard = [];
    jupyter.restarts();
    expect(seen.at(-1)).toBe('lost: restarted');
    await turn(60_000);
    expect(jupyter.opened()).toEqual([]);
    jupyter.ran();
    await turn();
    expect(seen.at(-1)).toBe('lost: unloaded');
    jupyter.beacon = true;
    jupyter.ran();
    await turn();
    expect(jupyter.types()).toContain('create_subshell_request');
    expect(jupyter.opened()).toEqual([FROM_KERNEL, TO_KERNEL]);
    expect(seen.at(-1)).toBe('opened');
  });

  it('is not misled by what the server itself says about the kernel', async () => {
    await start();
    jupyter.ran();
    jupyter.process = 'the server';
    jupyter.says('iopub', 'status', { execution_state: 'restarting' });
    expect(seen).toEqual(['opened']);
  });

  it('opens nothing on a page that was not invited and where notesync is not loaded', async () => {
    jupyter.beacon = false;
    await start(false);
    expect(seen).toEqual(['lost: unloaded']);
    expect(jupyter.opened()).toEqual([]);
    link.wake();
    await turn();
    expect(seen.at(-1)).toBe('opened');
  });

  it('learns from a closed comm that the kernel has let go', async () => {
    await start();
    const to = jupyter.heard.at(-1)?.content['comm_id'] ?? '';
    jupyter.says('iopub', 'comm_close', { comm_id: to, data: {} });
    expect(seen.at(-1)).toBe('lost: unloaded');
    await turn(60_000);
    expect(jupyter.opened()).toHaveLength(2);
  });

  it('closes comms and subshell when the page goes, and stays away', async () => {
    await start();
    jupyter.heard = [];
    link.stop();
    expect(jupyter.types()).toEqual(['comm_close', 'comm_close', 'delete_subshell_request']);
    await turn(60_000);
    expect(jupyter.sockets.length).toBe(1);
  });

  it('finds out after a sleep that a connection is dead though it looks open', async () => {
    await start();
    const dead = jupyter.socket;
    dead.send = () => undefined;
    window.dispatchEvent(new Event('online'));
    await turn(9_000);
    expect(seen).toContain('lost: connection');
    await turn(1_000);
    expect(jupyter.socket).not.toBe(dead);
    expect(seen.at(-1)).toBe('opened');
  });

  it('leaves a living connection alone after a sleep', async () => {
    await start();
    window.dispatchEvent(new Event('online'));
    await turn(60_000);
    expect(seen).toEqual(['opened']);
    expect(jupyter.sockets.length).toBe(1);
  });
});
