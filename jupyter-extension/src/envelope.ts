import { isObject, type JsonObject } from './messages';

/** The JSON in front of an envelope (PROTOCOL.md, section 1), or null for what is none. The bytes behind it are not read. */
export function headOf(bytes: ArrayBuffer): JsonObject | null {
  if (bytes.byteLength < 4) return null;
  const length = new DataView(bytes).getUint32(0);
  if (length > bytes.byteLength - 4) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes, 4, length));
    const head: unknown = JSON.parse(text);
    return isObject(head) ? head : null;
  } catch {
    return null;
  }
}
