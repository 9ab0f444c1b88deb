import {
  bodyOf,
  headersOf,
  jsonOf,
  LaptopError,
  type LaptopAnswer,
  type LaptopCall,
  type LaptopTransport,
} from './transport';
import { serverHello } from '../pairing';
import { isObject } from '../messages';
import type { LaptopSocket, OpenSocket } from './socket';
import { isLoopback, type Surroundings } from './surroundings';

/** A page may read answers only while its token is valid; that the token has ended shows in what it may read still. */
const tokenEnded = (): LaptopAnswer => ({
  status: 401,
  body: new TextEncoder().encode(
    JSON.stringify({ error: { code: 'token_unknown', message: 'the token has ended', remedy: 'pair again' } }),
  ).buffer,
});

const HELLO: LaptopCall = { method: 'GET', path: '/v1/hello', token: null, body: null };
const NEXT = /^\/v1\/replicas\/([0-9a-f]{32})\/next$/;

interface AddressedRequest extends RequestInit {
  /** Says in advance which address space is meant, so that mixed content does not stand in the way (Chrome). */
  targetAddressSpace?: 'loopback';
}

/**
 * Laptop leg L1: the page fetches from 127.0.0.1 itself.
 * The browser tells a refusal from a server that is down by nothing but the permission's state, so that is asked after
 * a failure. After a refusal every further call fails at once: each try could cost the user another prompt.
 * A token that has ended (the server was started again) looks like a server that is down, too: see `call`.
 * Once a call with a token was answered, quick ones go over a socket, where the server has those and it opens.
 */
export class DirectLaptop implements LaptopTransport {
  readonly leg = 'direct';
  private refused = false;
  private readonly closing = new AbortController();
  private hasSockets = false;
  private socketFailed = false;
  private socket: LaptopSocket | null = null;

  constructor(
    private readonly laptop: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly lookAround: () => Promise<Surroundings>,
    private readonly sockets: OpenSocket | null,
  ) {}

  async call(call: LaptopCall, signal: AbortSignal): Promise<LaptopAnswer> {
    if (this.refused) throw refusal();
    const ends = AbortSignal.any([signal, this.closing.signal]);
    const quick = call.quick ? await this.overSocket(call, ends) : null;
    if (quick) return quick;
    const failure = await this.attempt(call, ends);
    if (!(failure instanceof LaptopError)) return failure;
    if (call.token === null || failure.code !== 'laptop_unreachable' || !(await this.greets(ends))) throw failure;
    // It talks to strangers, so either it was away for a moment or it does not let us read why it refuses.
    const again = await this.attempt(call, ends);
    if (!(again instanceof LaptopError)) return again;
    if (again.code === 'laptop_unreachable' && (await this.greets(ends))) return tokenEnded();
    throw again;
  }

  close(): void {
    this.closing.abort(new LaptopError('laptop_unreachable', 'the page let go of the laptop'));
    this.socket?.close();
  }

  private async overSocket({ path, body }: LaptopCall, ends: AbortSignal): Promise<LaptopAnswer | null> {
    const replica = NEXT.exec(path)?.[1];
    if (!this.socket?.isOpen || replica === undefined || !body || !('json' in body) || !isObject(body.json))
      return null;
    return this.socket.ask(replica, body.json, ends);
  }

  /** What the browser lets a fetch do it lets a socket do. One that did not open is not tried again. */
  private openSocket(token: string): void {
    if (!this.sockets || !this.hasSockets || this.socketFailed || this.socket || this.closing.signal.aborted) return;
    const url = new URL('/v1/socket', this.laptop);
    url.protocol = url.protocol.replace('http', 'ws');
    try {
      const socket = this.sockets(url.href, token, () => {
        this.socket = null;
        this.socketFailed = !socket.opened;
      });
      this.socket = socket;
    } catch {
      this.socketFailed = true; // A policy of the page forbids it.
    }
  }

  private async attempt(call: LaptopCall, ends: AbortSignal): Promise<LaptopAnswer | LaptopError> {
    try {
      const response = await this.fetch(this.laptop + call.path, this.init(call, ends));
      const answer = { status: response.status, body: await response.arrayBuffer() };
      if (call.path === HELLO.path)
        this.hasSockets = serverHello(jsonOf(answer))?.capabilities.includes('socket') ?? false;
      else if (call.token !== null && answer.status === 200) this.openSocket(call.token);
      return answer;
    } catch (error) {
      if (ends.aborted) throw ends.reason;
      return this.diagnose(error);
    }
  }

  private async greets(ends: AbortSignal): Promise<boolean> {
    const hello = await this.attempt(HELLO, ends);
    return !(hello instanceof LaptopError) && hello.status === 200;
  }

  /** No `cache: 'no-store'`: Chromium then asks for leave (a preflight) before every call. No answer is kept anyway. */
  private init(call: LaptopCall, signal: AbortSignal): AddressedRequest {
    return {
      method: call.method,
      headers: headersOf(call),
      body: bodyOf(call),
      signal,
      mode: 'cors',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      ...(isLoopback(new URL(this.laptop).hostname) ? { targetAddressSpace: 'loopback' as const } : {}),
    };
  }

  private async diagnose(error: unknown): Promise<LaptopError> {
    const around = await this.lookAround();
    const mayBeAsked = !around.near && (!around.delegated || !around.secure || around.permission !== 'granted');
    if (mayBeAsked && around.permission !== 'unknown') {
      this.refused = true;
      return refusal();
    }
    return new LaptopError('laptop_unreachable', `${this.laptop} did not answer: ${String(error)}`);
  }
}

function refusal(): LaptopError {
  return new LaptopError('permission_refused', 'the browser does not let this page reach apps on this computer');
}
