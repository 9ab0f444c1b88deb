import { describe, expect, it } from 'vitest';
import { buffersOf, decodeBase64, encodeBase64, withBuffers } from '../src/kernel/base64';
import { ColabComms, colabKernel } from '../src/kernel/colab';
import { HostLink, tight, type CommEvents, type HostComm, type HostComms } from '../src/kernel/host';
import { WidgetComms, type WidgetModel } from '../src/kernel/widget';
import { BEACON, FROM_KERNEL, TO_KERNEL, type JsonObject } from '../src/messages';
import { settled } from './fakes';

const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;
const numbers = (buffer: ArrayBuffer): number[] => [...new Uint8Array(buffer)];

/** A host whose comms the test sees. */
class Host implements HostComms {
  readonly opened: {
    target: string;
    data: JsonObject;
    events: CommEvents;
    sent: [JsonObject, ArrayBuffer[]][];
    closed: boolean;
  }[] = [];
  fails = false;

  open(target: string, data: JsonObject, events: CommEvents): Promise<HostComm> {
    if (this.fails) return Promise.reject(new Error('no such target'));
    const one = { target, data, events, sent: [] as [JsonObject, ArrayBuffer[]][], closed: false };
    this.opened.push(one);
    return Promise.resolve({
      send: (message, buffers) => one.sent.push([message, buffers]),
      close: () => {
        one.closed = true;
      },
    });
  }
}

function listening(link: HostLink): { seen: unknown[]; buffers: ArrayBuffer[] } {
  const seen: unknown[] = [];
  const buffers: ArrayBuffer[] = [];
  link.start(() => ({ relay: 'r' }), {
    opened: () => seen.push('opened'),
    message: (data, more) => {
      seen.push(data);
      buffers.push(...more);
    },
    lost: (why) => seen.push(`lost: ${why}`),
  });
  return { seen, buffers };
}

describe('the host’s comms', () => {
  it('are opened for listening first, both with the hello', async () => {
    const host = new Host();
    const { seen } = listening(new HostLink('host', host));
    await settled();
    expect(host.opened.map(({ target, data }) => [target, data])).toEqual([
      [FROM_KERNEL, { relay: 'r' }],
      [TO_KERNEL, { relay: 'r' }],
    ]);
    expect(seen).toEqual(['opened']);
  });

  it('tell what the kernel said before the host had them open, afterwards', async () => {
    const host = new Host();
    const { seen } = listening(new HostLink('host', host));
    host.opened[0]?.events.message({ kind: 'hello' }, []);
    expect(seen).toEqual([]);
    await settled();
    expect(seen).toEqual(['opened', { kind: 'hello' }]);
  });

  it('are used in one direction each', async () => {
    const host = new Host();
    const link = new HostLink('host', host);
    const { seen } = listening(link);
    await settled();
    link.send({ kind: 'bye' }, bytes(1));
    host.opened[0]?.events.message({ kind: 'status' }, []);
    host.opened[1]?.events.message({ kind: 'never' }, []);
    expect(host.opened.map(({ sent }) => sent.length)).toEqual([0, 1]);
    expect(seen).toEqual(['opened', { kind: 'status' }]);
  });

  it('carry buffers as base64 where the host has none', async () => {
    const host = new Host();
    const link = new HostLink('base64', host);
    const { buffers } = listening(link);
    await settled();
    link.send({ kind: 'response' }, bytes(0, 255));
    expect(host.opened[1]?.sent).toEqual([[{ kind: 'response', buffers: ['AP8='] }, []]]);
    host.opened[0]?.events.message({ kind: 'request', buffers: ['AQI='] }, []);
    expect(buffers.map(numbers)).toEqual([[1, 2]]);
  });

  it('are given up together when one is closed, and opened anew when the kernel calls', async () => {
    const host = new Host();
    const link = new HostLink('host', host);
    const { seen } = listening(link);
    await settled();
    host.opened[0]?.events.closed();
    host.opened[1]?.events.closed();
    expect(seen).toEqual(['opened', 'lost: unloaded']);
    host.opened[0]?.events.message({ kind: 'late' }, []);
    link.wake();
    await settled();
    expect(seen).toEqual(['opened', 'lost: unloaded', 'opened']);
    expect(host.opened).toHaveLength(4);
  });

  it('say that notesync is not there when they cannot be opened', async () => {
    const host = new Host();
    host.fails = true;
    const { seen } = listening(new HostLink('host', host));
    await settled();
    expect(seen).toEqual(['lost: unloaded']);
  });

  it('are closed when the page goes, also if it goes while they open', async () => {
    const host = new Host();
    const link = new HostLink('host', host);
    const { seen } = listening(link);
    link.stop();
    await settled();
    expect(host.opened.every(({ closed }) => closed)).toBe(true);
    expect(seen).toEqual([]);
  });
});

describe('base64', () => {
  it.each([[[]], [[0]], [[0, 255, 128]], [Array.from({ length: 100_000 }, (_, index) => index % 256)]])(
    'brings bytes back (case %#)',
    (values) => {
      expect(numbers(decodeBase64(encodeBase64(bytes(...values.slice(0, 1), ...values.slice(1)))))).toEqual(values);
    },
  );

  it('leaves a message without buffers alone', () => {
    expect(withBuffers({ a: 1 }, [])).toEqual({ a: 1 });
    expect(buffersOf({ a: 1 })).toEqual([]);
    expect(buffersOf(null)).toEqual([]);
  });
});

describe('a tight buffer', () => {
  it('holds only what the view shows', () => {
    expect(numbers(tight(new DataView(bytes(1, 2, 3, 4), 1, 2)))).toEqual([2, 3]);
    const whole = bytes(1);
    expect(tight(whole)).toBe(whole);
  });
});

describe('Colab', () => {
  it('is recognised by what the page has', () => {
    expect(colabKernel({})).toBeNull();
    expect(colabKernel({ google: {} })).toBeNull();
    expect(colabKernel({ google: { colab: { kernel: {} } } })).toBeNull();
    expect(colabKernel({ google: { colab: { kernel: { comms: {}, accessAllowed: true } } } })).not.toBeNull();
  });

  it('gives and takes buffers, and notices the end', async () => {
    const sent: unknown[] = [];
    async function* messages(): AsyncGenerator<{ data: unknown; buffers: DataView[] }> {
      yield await Promise.resolve({ data: { kind: 'x' }, buffers: [new DataView(bytes(9, 8, 7), 1)] });
    }
    const comms = new ColabComms({
      accessAllowed: true,
      comms: {
        open: () =>
          Promise.resolve({
            messages: messages(),
            close: () => undefined,
            send: (data: JsonObject, options?: { buffers?: ArrayBuffer[] }) => {
              sent.push([data, options]);
              return Promise.reject(new Error('the kernel is gone'));
            },
          }),
      },
    });
    const seen: unknown[] = [];
    const comm = await comms.open(
      BEACON,
      {},
      {
        message: (data, buffers) => seen.push(data, ...buffers.map(numbers)),
        closed: () => seen.push('closed'),
      },
    );
    await settled();
    expect(seen).toEqual([{ kind: 'x' }, [8, 7], 'closed']);
    comm.send({ kind: 'y' }, [bytes(1)]);
    expect(sent).toHaveLength(1);
  });
});

describe('the widget', () => {
  it('carries two comms in its custom messages', async () => {
    const sent: [JsonObject, ArrayBuffer[] | undefined][] = [];
    let listener: ((message: unknown, buffers: DataView[]) => void) | null = null;
    const model: WidgetModel = {
      get: () => undefined,
      on: (_, given) => {
        listener = given;
      },
      off: () => {
        listener = null;
      },
      send: (content, _, buffers) => {
        sent.push([content, buffers]);
      },
    };
    const comms = new WidgetComms(model);
    const seen: unknown[] = [];
    const events = (name: string): CommEvents => ({
      message: (data, buffers) => seen.push([name, data, buffers.map(numbers)]),
      closed: () => seen.push([name, 'closed']),
    });
    const one = await comms.open('t1', { a: 1 }, events('one'));
    await comms.open('t2', {}, events('two'));
    one.send({ b: 2 }, [bytes(5)]);
    expect(sent.map(([content]) => [content['notesync'], content['target'], content['data']])).toEqual([
      ['open', 't1', { a: 1 }],
      ['open', 't2', {}],
      ['message', undefined, { b: 2 }],
    ]);
    const [first, second] = sent.map(([content]) => content['comm'] ?? null);
    expect(first).not.toBe(second);
    const says = (message: JsonObject, ...buffers: DataView[]): void => {
      listener?.(message, buffers);
    };
    says({ notesync: 'message', comm: second ?? null, data: { c: 3 } }, new DataView(bytes(1, 2), 1));
    says({ notesync: 'message', comm: 'unknown', data: {} });
    says({ notesync: 'close', comm: first ?? null });
    says({ notesync: 'message', comm: first ?? null, data: {} });
    expect(seen).toEqual([
      ['two', { c: 3 }, [[2]]],
      ['one', 'closed'],
    ]);
    one.close();
    expect(sent).toHaveLength(3);
    comms.dispose();
    expect(listener).toBeNull();
  });
});
