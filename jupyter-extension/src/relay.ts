import { headOf } from './envelope';
import { isObject, toKernel, type JsonObject, type Request } from './messages';
import { LaptopError, type LaptopCall, type LaptopTransport } from './laptop/transport';

/** Sends one message to the kernel; what cannot be sent is lost, and the kernel asks again. */
export type Send = (message: JsonObject, bytes?: ArrayBuffer) => void;

const ALLOWED = /^\/v1\/(project|replicas\/[0-9a-f]{32}(\/[a-z]+)?)$/;
const METHODS = ['GET', 'POST', 'PUT'];
/** Two chunks, one long poll, and room for reports; a kernel that asks for more is told so. */
const MOST_AT_ONCE = 8;
/** Beyond what the kernel itself is ready to wait. */
const GRACE_MS = 30_000;

/** Why the kernel's request is not done, or null. Only what the kernel needs of the laptop is within its reach. */
export function refuse(request: Request): string | null {
  if (!METHODS.includes(request.method)) return `method ${request.method} is not relayed`;
  return ALLOWED.test(request.path) ? null : `path ${request.path} is not relayed`;
}

/**
 * The relay loop: does the kernel's requests at the laptop with the page's token and hands the answers over in parts.
 * It never reads a payload, repeats nothing by itself, and holds no state but the calls that are open. One relay
 * belongs to one opening of the comms and one token; both are replaced with it.
 */
export class Relay {
  private readonly open = new Map<number, AbortController>();
  /** The kernel's open question for what is next. */
  private poll: Request | null = null;
  private stopped = false;

  constructor(
    private readonly laptop: LaptopTransport,
    private readonly token: string,
    private readonly send: Send,
    private readonly events: {
      /** The laptop no longer knows the token. */
      unpaired(code: string): void;
      /** A call got an answer, or (with the error) none. */
      outcome(error: LaptopError | null): void;
    },
    private readonly partBytes: number,
  ) {}

  request(request: Request, bytes: ArrayBuffer | null): void {
    if (this.stopped || this.open.has(request.id)) return;
    const refused = this.open.size >= MOST_AT_ONCE ? `more than ${MOST_AT_ONCE} requests are open` : refuse(request);
    if (refused !== null) {
      this.send(toKernel.failed(request.id, 'bad_request', refused));
      return;
    }
    const controller = new AbortController();
    this.open.set(request.id, controller);
    if (isPoll(request)) this.poll = request;
    void this.carry(request, bytes, controller);
  }

  cancel(id: number): void {
    this.open.get(id)?.abort();
    this.forget(id);
  }

  /** The laptop is lost: the kernel hears so of every open call, and need not wait for its patience to end. */
  lose(why: LaptopError): void {
    for (const id of this.open.keys()) this.send(toKernel.failed(id, why.code, why.message));
    this.stop();
  }

  /** Drops every open call; nothing is sent any more. */
  stop(): void {
    this.stopped = true;
    for (const controller of this.open.values()) controller.abort();
    this.open.clear();
    this.poll = null;
  }

  /**
   * The laptop's newest cursor, where the kernel is at it or has been given all that leads there; else null.
   * Repeats the kernel's own open question, so that Run need not wait for the way to the kernel and back. With `handsOver`
   * a whole batch in the answer goes to the kernel as the answer to that question.
   */
  async newest(handsOver: boolean, signal: AbortSignal): Promise<JsonObject | null> {
    const { poll } = this;
    const cursor = poll?.json?.['cursor'];
    if (!poll || !isObject(cursor)) return null;
    const json = { ...poll.json, fresh: true, wait_ms: 0, ...(handsOver ? {} : { inline: 0 }) };
    try {
      const call: LaptopCall = { ...callFor({ ...poll, json }, this.token, null), quick: true };
      const { status, body } = await this.laptop.call(call, signal);
      const head = status === 200 ? headOf(body) : null;
      if (this.stopped || head === null) return null;
      if (head['state'] === 'current') return cursor;
      const { batch, end } = head;
      if (!handsOver || end !== true || !isObject(batch) || !isObject(batch['to'])) return null;
      if (this.poll === poll) {
        this.forget(poll.id);
        this.respond(poll.id, status, body);
      } // Else the question's own answer was quicker, with the same batch.
      return batch['to'];
    } catch {
      return null; // The kernel's own call finds out, and says so.
    }
  }

  private forget(id: number): void {
    this.open.delete(id);
    if (this.poll?.id === id) this.poll = null;
  }

  private async carry(request: Request, bytes: ArrayBuffer | null, controller: AbortController): Promise<void> {
    const wait = Number(request.json?.['wait_ms'] ?? 0) + GRACE_MS;
    const timer = setTimeout(() => {
      controller.abort(new LaptopError('laptop_unreachable', `no answer within ${Math.round(wait / 1000)} s`));
    }, wait);
    const wanted = (): boolean => this.open.get(request.id) === controller;
    try {
      const answer = await this.laptop.call(callFor(request, this.token, bytes), controller.signal);
      if (!wanted()) return;
      this.forget(request.id);
      this.respond(request.id, answer.status, answer.body);
      this.events.outcome(null);
      if (answer.status === 401) {
        this.send(toKernel.unpaired('token_unknown'));
        this.events.unpaired('token_unknown');
      }
    } catch (error) {
      if (!wanted()) return;
      this.forget(request.id);
      const failure = error instanceof LaptopError ? error : new LaptopError('laptop_unreachable', String(error));
      this.send(toKernel.failed(request.id, failure.code, failure.message));
      this.events.outcome(failure);
    } finally {
      clearTimeout(timer);
    }
  }

  private respond(id: number, status: number, body: ArrayBuffer): void {
    const parts = Math.max(1, Math.ceil(body.byteLength / this.partBytes));
    for (let part = 0; part < parts; part++) {
      // A tight copy: some hosts send the whole buffer behind a view.
      const slice = parts === 1 ? body : body.slice(part * this.partBytes, (part + 1) * this.partBytes);
      this.send(toKernel.response(id, status, part, part === parts - 1), slice);
    }
  }
}

/** Not what the kernel asks before a cell: that is answered at once, and the question that waits stays open beside it. */
function isPoll({ method, path, json }: Request): boolean {
  return method === 'POST' && path.endsWith('/next') && json?.['wait_ms'] !== 0;
}

function callFor(request: Request, token: string, bytes: ArrayBuffer | null): LaptopCall {
  const body = request.json !== null ? { json: request.json } : bytes !== null ? { bytes } : null;
  return { method: request.method, path: request.path, token, body };
}
