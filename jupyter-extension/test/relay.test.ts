import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LaptopError } from '../src/laptop/transport';
import { partBytes, type JsonObject, type KernelLeg, type Request } from '../src/messages';
import { refuse, Relay } from '../src/relay';
import { FakeLaptop, settled } from './fakes';

const REPLICA = 'a'.repeat(32);
const PART = 1000;

function request(
  id: number,
  path = `/v1/replicas/${REPLICA}/next`,
  json: JsonObject | null = { wait_ms: 25_000 },
): Request {
  return { kind: 'request', id, method: json ? 'POST' : 'GET', path, json };
}

describe('the relay', () => {
  let laptop: FakeLaptop;
  let sent: { data: JsonObject; bytes: ArrayBuffer | null }[];
  let unpaired: string[];
  let outcomes: (LaptopError | null)[];
  let relay: Relay;

  beforeEach(() => {
    vi.useFakeTimers();
    laptop = new FakeLaptop();
    sent = [];
    unpaired = [];
    outcomes = [];
    relay = new Relay(
      laptop,
      'T',
      (data, bytes) => sent.push({ data, bytes: bytes ?? null }),
      {
        unpaired: (code) => unpaired.push(code),
        outcome: (error) => outcomes.push(error),
      },
      PART,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('does the call with the page’s token and hands the answer over', async () => {
    relay.request(request(5), null);
    expect(laptop.calls[0]?.call).toEqual({
      method: 'POST',
      path: `/v1/replicas/${REPLICA}/next`,
      token: 'T',
      body: { json: { wait_ms: 25_000 } },
    });
    laptop.calls[0]?.answer(200, new Uint8Array([1, 2, 3]).buffer);
    await settled();
    expect(sent.map(({ data }) => data)).toEqual([{ kind: 'response', id: 5, status: 200, part: 0, last: true }]);
    expect([...new Uint8Array(sent[0]?.bytes ?? new ArrayBuffer(0))]).toEqual([1, 2, 3]);
    expect(outcomes).toEqual([null]);
  });

  it('sends a buffer as the body where there is no json', () => {
    const bytes = new ArrayBuffer(3);
    relay.request({ ...request(1, `/v1/replicas/${REPLICA}/manifest`, null), method: 'PUT' }, bytes);
    expect(laptop.calls[0]?.call.body).toEqual({ bytes });
  });

  it.each([
    [0, [0]],
    [1, [1]],
    [PART, [PART]],
    [PART + 1, [PART, 1]],
    [3 * PART, [PART, PART, PART]],
  ])('cuts a body of %i bytes into tight parts in order', async (size, parts) => {
    const body = new Uint8Array(size).map((_, index) => index % 251);
    relay.request(request(1), null);
    laptop.calls[0]?.answer(200, body.buffer);
    await settled();
    expect(sent.map(({ bytes }) => bytes?.byteLength)).toEqual(parts);
    expect(sent.map(({ data }) => data['part'])).toEqual(parts.map((_, index) => index));
    expect(sent.map(({ data }) => data['last'])).toEqual(parts.map((_, index) => index === parts.length - 1));
    const whole = sent.flatMap(({ bytes }) => [...new Uint8Array(bytes ?? new ArrayBuffer(0))]);
    expect(whole.length).toBe(size);
    expect(whole.every((byte, index) => byte === index % 251)).toBe(true);
  });

  it.each<[KernelLeg, number]>([
    ['websocket', 2 * 1024 * 1024],
    ['host', 256 * 1024],
    ['widget', 256 * 1024],
    ['base64', 256 * 1024],
  ])('sends parts over the leg %s of at most %i bytes', (leg, bytes) => {
    expect(partBytes(leg)).toBe(bytes);
  });

  it('answers in the order of the laptop’s answers, each under its own id', async () => {
    relay.request(request(1), null);
    relay.request(request(2, `/v1/replicas/${REPLICA}/chunk`, null), null);
    laptop.calls[1]?.answer(200);
    await settled();
    laptop.calls[0]?.answer(200);
    await settled();
    expect(sent.map(({ data }) => data['id'])).toEqual([2, 1]);
  });

  it('does a request that is repeated while it is open once', async () => {
    relay.request(request(1), null);
    relay.request(request(1), null);
    expect(laptop.calls).toHaveLength(1);
    laptop.calls[0]?.answer(200);
    await settled();
    expect(sent).toHaveLength(1);
  });

  it('does a request that is repeated after its answer was lost again', async () => {
    relay.request(request(1), null);
    laptop.calls[0]?.answer(200);
    await settled();
    relay.request(request(1), null);
    laptop.calls[1]?.answer(200);
    await settled();
    expect(sent.map(({ data }) => data['id'])).toEqual([1, 1]);
  });

  it('says nothing any more about a request that was cancelled', async () => {
    relay.request(request(1), null);
    relay.cancel(1);
    expect(laptop.calls[0]?.signal.aborted).toBe(true);
    await settled();
    expect(sent).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  it('does a request anew under the id of a cancelled one', async () => {
    relay.request(request(1), null);
    relay.cancel(1);
    relay.request(request(1), null);
    laptop.calls[0]?.answer(500);
    laptop.calls[1]?.answer(200);
    await settled();
    expect(sent.map(({ data }) => data['status'])).toEqual([200]);
  });

  it('drops everything when it stops', async () => {
    relay.request(request(1), null);
    relay.request(request(2), null);
    relay.stop();
    relay.request(request(3), null);
    await settled();
    expect(laptop.calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(sent).toEqual([]);
  });

  it.each(['laptop_unreachable', 'permission_refused', 'popup_closed'] as const)(
    'reports %s as a failure and does not try again',
    async (code) => {
      relay.request(request(7), null);
      laptop.calls[0]?.fail(new LaptopError(code, 'why'));
      await settled();
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(sent.map(({ data }) => data)).toEqual([{ kind: 'failed', id: 7, code, message: 'why' }]);
      expect(outcomes.map((error) => error?.code)).toEqual([code]);
      expect(laptop.calls).toHaveLength(1);
    },
  );

  it('gives up on a call that never ends, so that the kernel can ask again', async () => {
    relay.request(request(1), null);
    await vi.advanceTimersByTimeAsync(54_000);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent.map(({ data }) => [data['kind'], data['code']])).toEqual([['failed', 'laptop_unreachable']]);
  });

  it('hands over an error of the laptop like any answer, and says that the token is gone', async () => {
    relay.request(request(1), null);
    laptop.calls[0]?.answer(401, { error: { code: 'token_unknown' } });
    await settled();
    expect(sent.map(({ data }) => data['kind'])).toEqual(['response', 'unpaired']);
    expect(unpaired).toEqual(['token_unknown']);
  });

  it('has no more than eight calls open, and says so', () => {
    for (let id = 1; id <= 9; id++) relay.request(request(id), null);
    expect(laptop.calls).toHaveLength(8);
    expect(sent.map(({ data }) => [data['id'], data['code']])).toEqual([[9, 'bad_request']]);
  });

  it('refuses what is not the kernel’s to ask without touching the laptop', () => {
    relay.request(request(1, '/v1/dashboard/allow'), null);
    expect(laptop.calls).toEqual([]);
    expect(sent.map(({ data }) => [data['kind'], data['code']])).toEqual([['failed', 'bad_request']]);
  });
});

describe('the paths that are relayed', () => {
  const get = (path: string): Request => ({ kind: 'request', id: 1, method: 'GET', path, json: null });

  it.each([
    '/v1/project',
    `/v1/replicas/${REPLICA}`,
    `/v1/replicas/${REPLICA}/next`,
    `/v1/replicas/${REPLICA}/manifest`,
    `/v1/replicas/${REPLICA}/report`,
    `/v1/replicas/${REPLICA}/chunk`,
  ])('%s is', (path) => {
    expect(refuse(get(path))).toBeNull();
  });

  it.each([
    '/',
    '/v1/hello',
    '/v1/token',
    '/v1/pairings',
    `/v1/pairings/${REPLICA}/claim`,
    '/v1/dashboard',
    '/v1/project/../dashboard',
    `/v1/replicas/${REPLICA}/../../dashboard`,
    `/v1/replicas/${REPLICA}/%2e%2e/x`,
    `/v1/replicas/short/next`,
    `/v1/replicas/${REPLICA}/chunk?next=/v1/token`,
    `/v1/replicas/${REPLICA}#x`,
    'http://127.0.0.1:1/v1/project',
    '//evil/v1/project',
    '/v1/project\n',
    '',
  ])('%j is not', (path) => {
    expect(refuse(get(path))).not.toBeNull();
  });

  it.each(['DELETE', 'PATCH', 'OPTIONS', 'get', ''])('method %j is not', (method) => {
    expect(refuse({ ...get('/v1/project'), method })).not.toBeNull();
  });
});
