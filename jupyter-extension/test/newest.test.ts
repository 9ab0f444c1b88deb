import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/messages';
import { Relay } from '../src/relay';
import { FakeLaptop, settled } from './fakes';

const AT_7 = { epoch: 'e', sequence: 7 };
const AT_8 = { epoch: 'e', sequence: 8 };
const POLL = {
  kind: 'request',
  id: 1,
  method: 'POST',
  path: `/v1/replicas/${'a'.repeat(32)}/next`,
  json: { cursor: AT_7, wait_ms: 25_000, inline: 65_536 },
} as const;
const BATCH = { state: 'batch', batch: { to: AT_8 }, end: true };
const never = new AbortController().signal;

function envelope(head: JsonObject): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(head));
  return Uint8Array.from([0, 0, 0, text.length, ...text, 1, 2, 3]).buffer;
}

describe('what the laptop has when Run is pressed', () => {
  let laptop: FakeLaptop;
  let sent: JsonObject[];
  let bodies: (ArrayBuffer | undefined)[];
  let relay: Relay;

  beforeEach(() => {
    laptop = new FakeLaptop();
    [sent, bodies] = [[], []];
    const send = (data: JsonObject, bytes?: ArrayBuffer): void => {
      sent.push(data);
      bodies.push(bytes);
    };
    relay = new Relay(laptop, 'T', send, { unpaired: () => undefined, outcome: () => undefined }, 1_000);
    relay.request(POLL, null);
  });

  it('is asked with the kernel’s own open question, at once and after what was just saved', async () => {
    const asked = relay.newest(true, never);
    expect(laptop.calls[1]?.call).toMatchObject({
      body: { json: { ...POLL.json, fresh: true, wait_ms: 0 } },
      quick: true,
    });
    laptop.calls[1]?.answer(200, envelope({ state: 'current' }));
    await expect(asked).resolves.toEqual(AT_7);
    expect(sent).toEqual([]);
  });

  it('goes to the kernel as the answer to that question, once', async () => {
    const asked = relay.newest(true, never);
    laptop.calls[1]?.answer(200, envelope(BATCH));
    await expect(asked).resolves.toEqual(AT_8);
    laptop.calls[0]?.answer(200, envelope(BATCH));
    await settled();
    expect(sent).toEqual([{ kind: 'response', id: 1, status: 200, part: 0, last: true }]);
    expect(bodies[0]).toEqual(envelope(BATCH));
  });

  it('is asked with that question also after the kernel has asked one that does not wait', async () => {
    relay.request({ ...POLL, id: 2, json: { ...POLL.json, fresh: true, wait_ms: 0 } }, null);
    laptop.calls[1]?.answer(200, envelope({ state: 'current' }));
    await settled();
    const asked = relay.newest(true, never);
    laptop.calls[2]?.answer(200, envelope({ state: 'current' }));
    await expect(asked).resolves.toEqual(AT_7);
  });

  it('is not sent twice where the question’s own answer was quicker', async () => {
    const asked = relay.newest(true, never);
    laptop.calls[0]?.answer(200, envelope(BATCH));
    await settled();
    laptop.calls[1]?.answer(200, envelope(BATCH));
    await expect(asked).resolves.toEqual(AT_8);
    expect(sent).toHaveLength(1);
  });

  it.each<[string, JsonObject]>([
    ['a batch that is longer than one answer', { ...BATCH, end: false }],
    ['what is held back', { state: 'held', why: 'git rebase in progress' }],
    ['a replica that has to be compared first', { state: 'exchange' }],
  ])('is left to the kernel: %s', async (_, head) => {
    const asked = relay.newest(true, never);
    laptop.calls[1]?.answer(200, envelope(head));
    await expect(asked).resolves.toBeNull();
    expect(sent).toEqual([]);
  });

  it('is not brought, and not vouched for, where the kernel hears nothing during a cell', async () => {
    const asked = relay.newest(false, never);
    expect(laptop.calls[1]?.call.body).toMatchObject({ json: { inline: 0 } });
    laptop.calls[1]?.answer(200, envelope(BATCH));
    await expect(asked).resolves.toBeNull();
    expect(sent).toEqual([]);
  });

  it('is nothing to a relay that has stopped meanwhile', async () => {
    const asked = relay.newest(true, never);
    relay.stop();
    laptop.calls[1]?.answer(200, envelope(BATCH));
    await expect(asked).resolves.toBeNull();
    expect(sent).toEqual([]);
  });
});
