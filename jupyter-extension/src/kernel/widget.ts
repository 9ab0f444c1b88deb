import { isObject, type JsonObject } from '../messages';
import { tight, type CommEvents, type HostComm, type HostComms } from './host';

/** The smallest part of an anywidget model that is used (anywidget.dev, AnyModel). */
export interface WidgetModel {
  get(name: string): unknown;
  on(event: 'msg:custom', listener: (message: unknown, buffers: DataView[]) => void): void;
  off(event: 'msg:custom', listener: (message: unknown, buffers: DataView[]) => void): void;
  send(content: JsonObject, callbacks?: undefined, buffers?: ArrayBuffer[]): void;
}

/**
 * Comms inside the custom messages of one widget, for hosts that let nothing else through. The widget itself is opened
 * by the kernel; each message names the comm that it is for (PROTOCOL.md, section 4, "Widget").
 */
export class WidgetComms implements HostComms {
  private readonly opened = new Map<string, CommEvents>();
  private readonly listener = (message: unknown, buffers: DataView[]): void => {
    this.receive(message, buffers);
  };

  constructor(private readonly model: WidgetModel) {
    model.on('msg:custom', this.listener);
  }

  open(target: string, data: JsonObject, events: CommEvents): Promise<HostComm> {
    const comm = crypto.getRandomValues(new Uint32Array(4)).join('');
    this.opened.set(comm, events);
    this.model.send({ notesync: 'open', comm, target, data });
    return Promise.resolve({
      send: (message, buffers) => {
        this.model.send({ notesync: 'message', comm, data: message }, undefined, buffers);
      },
      close: () => {
        if (this.opened.delete(comm)) this.model.send({ notesync: 'close', comm });
      },
    });
  }

  /** The widget's view is gone. */
  dispose(): void {
    this.model.off('msg:custom', this.listener);
  }

  private receive(message: unknown, buffers: DataView[]): void {
    if (!isObject(message) || typeof message['comm'] !== 'string') return;
    const events = this.opened.get(message['comm']);
    if (message['notesync'] === 'message') events?.message(message['data'], buffers.map(tight));
    else if (message['notesync'] === 'close' && this.opened.delete(message['comm'])) events?.closed();
  }
}
