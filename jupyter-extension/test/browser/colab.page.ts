import type { JsonObject } from '../../src/messages';

/**
 * What Colab gives to an output frame (PLATFORMS: `google.colab.kernel`), with a kernel behind it that says hello, asks
 * for the project once the page is ready, and remembers what it heard. `?again` is the output of an earlier session.
 */
interface Heard {
  target: string;
  data: JsonObject;
  bytes: number;
}
const heard: Heard[] = [];
const senders = new Map<string, (data: JsonObject) => void>();

function say(data: JsonObject): void {
  senders.get('notesync.from_kernel')?.(data);
}

function hear(target: string, data: JsonObject, buffers: ArrayBuffer[]): void {
  heard.push({ target, data, bytes: buffers.reduce((sum, { byteLength }) => sum + byteLength, 0) });
  if (data['kind'] === 'ready') say({ kind: 'request', id: 7, method: 'GET', path: '/v1/project', json: null });
}

async function* messages(target: string): AsyncGenerator<{ data: JsonObject; buffers: DataView[] }> {
  const waiting: JsonObject[] = [];
  let wake: () => void = () => undefined;
  senders.set(target, (data) => {
    waiting.push(data);
    wake();
  });
  for (;;) {
    const data = waiting.shift();
    if (data) yield { data, buffers: [] };
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

Object.assign(window, {
  got: () => heard,
  google: {
    colab: {
      kernel: {
        accessAllowed: location.search !== '?again',
        comms: {
          open: (target: string, data: JsonObject) => {
            hear(target, data, []);
            const comm = {
              messages: messages(target),
              send: (sent: JsonObject, { buffers = [] }: { buffers?: ArrayBuffer[] } = {}) => {
                hear(target, sent, buffers);
                return Promise.resolve();
              },
              close: () => senders.delete(target),
            };
            if (target === 'notesync.to_kernel') {
              const hello = { notesync: 'kernel', protocol: 1, version: '0.1.0', capabilities: [], role: 'carrier' };
              setTimeout(() => {
                say({ kind: 'hello', ...hello });
              });
            }
            return Promise.resolve(comm);
          },
        },
      },
    },
  },
});
