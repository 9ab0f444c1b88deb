import { isObject, type JsonObject } from '../messages';

/**
 * The framing of messages on a Jupyter kernel WebSocket: the binary subprotocol v1.kernel.websocket.jupyter.org, and
 * the older one without a name. Pure. https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */
export const V1 = 'v1.kernel.websocket.jupyter.org';

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin';

export interface Header extends JsonObject {
  msg_id: string;
  msg_type: string;
  session: string;
}

export interface KernelMessage {
  channel: Channel;
  header: Header;
  parent_header: JsonObject;
  metadata: JsonObject;
  content: JsonObject;
  buffers: ArrayBuffer[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const JSON_PARTS = 4;

export function encodeV1(message: KernelMessage): ArrayBuffer {
  const { channel, header, parent_header, metadata, content, buffers } = message;
  const texts = [header, parent_header, metadata, content].map((part) => encoder.encode(JSON.stringify(part)));
  const frames = [encoder.encode(channel), ...texts, ...buffers.map((buffer) => new Uint8Array(buffer))];
  // One offset per frame, and one behind the last: as many 64-bit numbers, after their count.
  const head = 8 * (1 + frames.length + 1);
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.byteLength, head));
  const view = new DataView(bytes.buffer);
  let offset = head;
  view.setBigUint64(0, BigInt(frames.length + 1), true);
  frames.forEach((frame, index) => {
    view.setBigUint64(8 * (index + 1), BigInt(offset), true);
    bytes.set(frame, offset);
    offset += frame.byteLength;
  });
  view.setBigUint64(8 * (frames.length + 1), BigInt(offset), true);
  return bytes.buffer;
}

/**
 * Null where `wanted` says no to the channel and header: a page sees every output of every cell, and most of it is not
 * ours to parse.
 */
export function decodeV1(data: ArrayBuffer, wanted: Wanted): KernelMessage | null {
  const view = new DataView(data);
  const count = Number(view.getBigUint64(0, true));
  const offsets = Array.from({ length: count }, (_, index) => Number(view.getBigUint64(8 * (index + 1), true)));
  const frame = (index: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(data.slice(offsets[index], offsets[index + 1]));
  const part = (index: number): JsonObject => object(JSON.parse(decoder.decode(frame(index))));
  const channel = decoder.decode(frame(0)) as Channel;
  const header = part(1) as Header;
  if (!wanted(channel, header)) return null;
  const buffers = [];
  for (let index = 1 + JSON_PARTS; index < count - 1; index++) buffers.push(frame(index).buffer);
  return { channel, header, parent_header: part(2), metadata: part(3), content: part(4), buffers };
}

export function encodeLegacy(message: KernelMessage): string | ArrayBuffer {
  const { buffers, ...rest } = message;
  if (buffers.length === 0) return JSON.stringify({ ...rest, buffers: [] });
  const frames = [encoder.encode(JSON.stringify(rest)), ...buffers.map((buffer) => new Uint8Array(buffer))];
  const head = 4 * (1 + frames.length);
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.byteLength, head));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, frames.length);
  let offset = head;
  frames.forEach((frame, index) => {
    view.setUint32(4 * (index + 1), offset);
    bytes.set(frame, offset);
    offset += frame.byteLength;
  });
  return bytes.buffer;
}

export function decodeLegacy(data: string | ArrayBuffer, wanted: Wanted): KernelMessage | null {
  const buffers: ArrayBuffer[] = [];
  let json: string;
  if (typeof data === 'string') {
    json = data;
  } else {
    const view = new DataView(data);
    const offsets = Array.from({ length: view.getUint32(0) }, (_, index) => view.getUint32(4 * (index + 1)));
    json = decoder.decode(new Uint8Array(data.slice(offsets[0], offsets[1])));
    for (let index = 1; index < offsets.length; index++) buffers.push(data.slice(offsets[index], offsets[index + 1]));
  }
  const message = object(JSON.parse(json));
  const channel = message['channel'] as Channel;
  const header = object(message['header']) as Header;
  if (!wanted(channel, header)) return null;
  const part = (name: string): JsonObject => object(message[name] ?? {});
  return {
    channel,
    header,
    parent_header: part('parent_header'),
    metadata: part('metadata'),
    content: part('content'),
    buffers,
  };
}

export type Wanted = (channel: Channel, header: Header) => boolean;

function object(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError('a part of a kernel message is no JSON object');
  return value;
}
