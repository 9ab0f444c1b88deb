import { describe, expect, it } from 'vitest';
import { decodeLegacy, decodeV1, encodeLegacy, encodeV1, type KernelMessage } from '../src/kernel/wire';
import fixture from './fixtures/jupyter-websocket.json';

const bytesOf = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
const all = (): boolean => true;
const message = {
  ...fixture.message,
  channel: 'iopub',
  buffers: fixture.message.buffers.map(bytesOf),
} as KernelMessage;

describe('the framing of the kernel WebSocket', () => {
  it('reads what a Jupyter server writes in the v1 subprotocol', () => {
    expect(decodeV1(bytesOf(fixture.v1), all)).toEqual(message);
  });

  it('writes the v1 subprotocol byte for byte as a Jupyter server does', () => {
    expect(Buffer.from(encodeV1(message)).toString('base64')).toBe(fixture.v1);
  });

  it('reads what a Jupyter server writes without a subprotocol', () => {
    expect(decodeLegacy(bytesOf(fixture.legacy), all)).toEqual(message);
  });

  it('reads back what it writes without a subprotocol, with buffers and without', () => {
    expect(decodeLegacy(encodeLegacy(message), all)).toEqual(message);
    const bare = { ...message, buffers: [] };
    expect(typeof encodeLegacy(bare)).toBe('string');
    expect(decodeLegacy(encodeLegacy(bare), all)).toEqual(bare);
  });

  it('gives buffers that hold nothing but their own bytes', () => {
    const [first] = decodeV1(bytesOf(fixture.v1), all)?.buffers ?? [];
    expect(first?.byteLength).toBe(3);
  });

  it('does not parse what is not wanted', () => {
    const broken = encodeV1({ ...message, channel: 'shell' });
    const text = Buffer.from(broken).toString('latin1').replace('"comm_id"', '"comm_id!');
    expect(decodeV1(Uint8Array.from(Buffer.from(text, 'latin1')).buffer, () => false)).toBeNull();
    expect(() => decodeV1(Uint8Array.from(Buffer.from(text, 'latin1')).buffer, all)).toThrow(SyntaxError);
  });
});
