import type { JsonObject } from '../messages';
import { tight, type CommEvents, type HostComm, type HostComms } from './host';

/** The part of Colab's output-frame API that is used (github.com/googlecolab/colabtools, packages/outputframe). */
interface ColabComm {
  send(data: JsonObject, options?: { buffers?: ArrayBuffer[] }): Promise<void>;
  messages: AsyncIterable<{ data: unknown; buffers?: (ArrayBuffer | ArrayBufferView)[] }>;
  close(): void;
}
interface ColabKernel {
  /** False for outputs that were not made in this browser session: the cell has to be run again. */
  accessAllowed: boolean;
  comms: { open(target: string, data?: JsonObject, buffers?: ArrayBuffer[]): Promise<ColabComm> };
}

/** Null elsewhere. Asked in the page, never in the kernel: `google.colab` can be imported on other hosts too. */
export function colabKernel(page: object): ColabKernel | null {
  const { google } = page as { google?: { colab?: { kernel?: Partial<ColabKernel> } } };
  const kernel = google?.colab?.kernel;
  return kernel?.comms ? (kernel as ColabKernel) : null;
}

/** The comms of one Colab output frame. */
export class ColabComms implements HostComms {
  constructor(private readonly kernel: ColabKernel) {}

  async open(target: string, data: JsonObject, events: CommEvents): Promise<HostComm> {
    const comm = await this.kernel.comms.open(target, data, []);
    void listen(comm, events);
    return {
      send: (message, buffers) => {
        // A message that the kernel did not get is asked for again by the kernel.
        comm.send(message, { buffers }).catch(() => undefined);
      },
      close: () => {
        comm.close();
      },
    };
  }
}

async function listen(comm: ColabComm, events: CommEvents): Promise<void> {
  try {
    for await (const { data, buffers } of comm.messages) events.message(data, (buffers ?? []).map(tight));
  } finally {
    events.closed();
  }
}
