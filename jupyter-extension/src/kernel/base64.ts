import type { JsonObject } from '../messages';

/** Buffers inside the message, for hosts whose messages carry none (PROTOCOL.md, section 4). Pure. */

/** `apply` takes so many arguments at a time everywhere. */
const PIECE = 0x8000;

export function encodeBase64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let text = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(text);
}

export function decodeBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

export function withBuffers(data: JsonObject, buffers: ArrayBuffer[]): JsonObject {
  return buffers.length === 0 ? data : { ...data, buffers: buffers.map(encodeBase64) };
}

export function buffersOf(data: unknown): ArrayBuffer[] {
  const texts = (data as { buffers?: unknown } | null)?.buffers;
  return Array.isArray(texts) ? texts.map((text) => decodeBase64(String(text))) : [];
}
