import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectLaptop } from '../src/laptop/direct';
import { openSocket } from '../src/laptop/socket';
import type { LaptopAnswer, LaptopCall } from '../src/laptop/transport';

const never = new AbortController().signal;
const REPLICA = 'a'.repeat(32);
const HELLO: LaptopCall = { method: 'GET', path: '/v1/hello', token: null, body: null };
const PROJECT: LaptopCall = { method: 'GET', path: '/v1/project', token: 'T', body: null };
const NEXT: LaptopCall = {
  method: 'POST',
  path: `/v1/replicas/${REPLICA}/next`,
  token: 'T',
  body: { json: { wait_ms: 0 } },
  quick: true,
};

/** The browser's WebSocket, of which the test is the other end. */
class FakeSocket {
  static readonly OPEN = 1;
  static readonly all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  readonly sent: string[] = [];
  onopen: () => void = () => undefined;
  onclose: () => void = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  opens(): void {
    this.readyState = 1;
    this.onopen();
  }

  answers(id: number, status: number, text: string): void {
    const body = new TextEncoder().encode(text);
    const message = new Uint8Array(6 + body.length);
    new DataView(message.buffer).setUint32(0, id);
    new DataView(message.buffer).setUint16(4, status);
    message.set(body, 6);
    this.onmessage({ data: message.buffer });
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose();
  }
}

describe('the direct leg with a socket', () => {
  let capabilities: string[];
  let fetched: string[];
  let laptop: DirectLaptop;

  beforeEach(() => {
    capabilities = ['socket'];
    fetched = [];
    FakeSocket.all.length = 0;
    vi.stubGlobal('WebSocket', FakeSocket);
    const hello = (): object => ({ notesync: 'server', protocol: 1, version: '0.1.0', capabilities });
    const fetch = (url: unknown): Promise<Response> => {
      fetched.push(new URL(url as string).pathname);
      return Promise.resolve(Response.json(String(url).endsWith('/hello') ? hello() : {}));
    };
    const around = { near: true, secure: true, delegated: true, permission: 'unknown' } as const;
    laptop = new DirectLaptop('http://127.0.0.1:8765', fetch, () => Promise.resolve(around), openSocket);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  async function connected(): Promise<FakeSocket> {
    await laptop.call(HELLO, never);
    await laptop.call(PROJECT, never);
    const [socket] = FakeSocket.all;
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  const textOf = ({ status, body }: LaptopAnswer): [number, string] => [status, new TextDecoder().decode(body)];

  it('asks over it what somebody waits for, and nothing else', async () => {
    const socket = await connected();
    expect(socket.url).toBe('ws://127.0.0.1:8765/v1/socket');
    socket.opens();
    const asked = laptop.call(NEXT, never);
    await Promise.resolve();
    expect(socket.sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      { token: 'T' },
      { id: 1, replica: REPLICA, next: { wait_ms: 0 } },
    ]);
    socket.answers(1, 200, 'the envelope');
    expect(textOf(await asked)).toEqual([200, 'the envelope']);
    await laptop.call({ ...PROJECT }, never);
    expect(fetched).toEqual(['/v1/hello', '/v1/project', '/v1/project']);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('opens none before a call with the token was answered, nor at a server that has none', async () => {
    await laptop.call(HELLO, never);
    expect(FakeSocket.all).toHaveLength(0);
    capabilities = [];
    await laptop.call(HELLO, never);
    await laptop.call(PROJECT, never);
    expect(FakeSocket.all).toHaveLength(0);
  });

  it('fetches while it is not open, and where it goes in between', async () => {
    const socket = await connected();
    await laptop.call(NEXT, never);
    expect(fetched.at(-1)).toBe(NEXT.path);
    socket.opens();
    const asked = laptop.call(NEXT, never);
    await Promise.resolve();
    socket.close();
    await asked;
    expect(fetched.filter((path) => path === NEXT.path)).toHaveLength(2);
    // It was open, so it may be again.
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('does not try again what did not open, whatever the server says', async () => {
    (await connected()).close();
    await laptop.call(HELLO, never);
    await laptop.call(PROJECT, never);
    await laptop.call(NEXT, never);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('gives one up that neither opens nor fails', async () => {
    vi.useFakeTimers();
    const socket = await connected();
    vi.advanceTimersByTime(5_000);
    expect(socket.readyState).toBe(3);
    await laptop.call(PROJECT, never);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('forgets a question that was given up, and keeps the others apart', async () => {
    const socket = await connected();
    socket.opens();
    const given = new AbortController();
    const first = laptop.call(NEXT, given.signal);
    const second = laptop.call(NEXT, never);
    await Promise.resolve();
    given.abort(new Error('too late'));
    await expect(first).rejects.toThrow('too late');
    socket.answers(1, 200, 'late');
    socket.answers(2, 503, 'mine');
    expect(textOf(await second)).toEqual([503, 'mine']);
  });

  it('lets it go with the leg', async () => {
    const socket = await connected();
    socket.opens();
    laptop.close();
    expect(socket.readyState).toBe(3);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
