import { describe, expect, it } from 'vitest';
import { LaptopError } from '../src/laptop/transport';
import { isObject, type JsonObject, type Request } from '../src/messages';
import { Relay } from '../src/relay';
import { FakeLaptop, settled } from './fakes';

const REPLICA = 'a'.repeat(32);
const BATCH = 'b'.repeat(32);
const CHUNK = 5;
const CHUNKS = 12;
const CREDIT = 2;

/** Numbers that are the same in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A kernel that fetches one batch in chunks, with at most `CREDIT` requests open, and asks again for what it has not
 * got; between it and the relay messages are lost, doubled and overtaken, and the connection breaks.
 */
class Kernel {
  readonly got = new Map<number, string>();
  private readonly open = new Map<number, number>();
  private next = 1;

  /** The requests that are sent now. `again`: also those that are open already. */
  asks(again: boolean): Request[] {
    if (again) {
      const repeated = [...this.open].map(([id, chunk]) => request(id, chunk));
      if (repeated.length > 0) return repeated;
    }
    const wanted = [...Array(CHUNKS).keys()].filter((chunk) => !this.got.has(chunk));
    const free = wanted.filter((chunk) => ![...this.open.values()].includes(chunk));
    return free.slice(0, CREDIT - this.open.size).map((chunk) => {
      this.open.set(this.next, chunk);
      return request(this.next++, chunk);
    });
  }

  hears(data: JsonObject, bytes: ArrayBuffer | undefined): void {
    const id = Number(data['id']);
    const chunk = this.open.get(id);
    if (chunk === undefined) return; // A late or second answer.
    this.open.delete(id);
    if (data['kind'] === 'response' && data['status'] === 200) {
      this.got.set(chunk, new TextDecoder().decode(bytes));
    }
  }
}

function request(id: number, chunk: number): Request {
  const json = { batch: BATCH, offset: chunk * CHUNK, max: CHUNK };
  return { kind: 'request', id, method: 'POST', path: `/v1/replicas/${REPLICA}/chunk`, json };
}

const content = (chunk: number): string => `<${String(chunk).padStart(CHUNK - 2, '0')}>`;

describe('the relay between a kernel and a laptop that both have bad luck', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('brings every chunk, whatever is lost (%i)', async (seed) => {
    const chance = random(seed + 1);
    const laptop = new FakeLaptop();
    const kernel = new Kernel();
    const toRelay: Request[] = [];
    const toKernel: [JsonObject, ArrayBuffer | undefined][] = [];
    const none = { unpaired: () => undefined, outcome: () => undefined };
    const connect = (): Relay => new Relay(laptop, 'T', (data, bytes) => toKernel.push([data, bytes]), none, 1000);
    let relay = connect();
    let most = 0;
    const answered = new Set<unknown>();
    const taken = <T>(list: T[]): T | undefined => {
      const [one] = list.splice(Math.floor(chance() * list.length), 1);
      const luck = chance();
      if (one !== undefined && luck < 0.15) list.push(one); // It comes a second time.
      return luck > 0.85 ? undefined : one;
    };
    for (let step = 0; step < 4_000 && kernel.got.size < CHUNKS; step++) {
      toRelay.push(...kernel.asks(chance() < 0.1));
      const asked = taken(toRelay);
      if (asked) relay.request(asked, null);
      const open = laptop.calls.filter((call) => !answered.has(call) && !call.signal.aborted);
      most = Math.max(most, open.length);
      const call = open[Math.floor(chance() * open.length)];
      if (call && chance() < 0.7) {
        answered.add(call);
        const { body } = call.call;
        const offset = body && 'json' in body && isObject(body.json) ? Number(body.json['offset']) : NaN;
        if (chance() < 0.2) call.fail(new LaptopError('laptop_unreachable', 'away'));
        else call.answer(200, new TextEncoder().encode(content(offset / CHUNK)).buffer);
      }
      await settled();
      const said = taken(toKernel);
      if (said) kernel.hears(...said);
      if (chance() < 0.05) {
        relay.stop();
        toRelay.length = toKernel.length = 0;
        relay = connect();
      }
    }
    expect([...kernel.got].sort(([a], [b]) => a - b)).toEqual([...Array(CHUNKS).keys()].map((n) => [n, content(n)]));
    expect(most).toBeLessThanOrEqual(8);
    relay.stop();
  });
});
