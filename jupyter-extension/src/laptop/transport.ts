import type { Json, LaptopLeg } from '../messages';

/** One HTTP call to the laptop server. */
export interface LaptopCall {
  method: string;
  path: string;
  token: string | null;
  body: { json: Json } | { bytes: ArrayBuffer } | null;
  /** Somebody waits for the answer: the quickest way that the leg has. Only for `next` that does not wait. */
  quick?: true;
}

export interface LaptopAnswer {
  status: number;
  body: ArrayBuffer;
}

/** The laptop leg: how one page reaches the laptop server. */
export interface LaptopTransport {
  readonly leg: LaptopLeg;
  /**
   * Does the call; every call may be repeated. Every HTTP answer, errors included, resolves; no answer rejects with LaptopError. An aborted
   * call rejects with the signal's reason. What the browser's permission refused is never tried a second time.
   */
  call(call: LaptopCall, signal: AbortSignal): Promise<LaptopAnswer>;
  /** Lets go; later calls reject. */
  close(): void;
}

export type LaptopErrorCode =
  'laptop_unreachable' | 'permission_refused' | 'popup_blocked' | 'popup_cut_off' | 'popup_sandboxed' | 'popup_closed';

/** No HTTP answer was had. */
export class LaptopError extends Error {
  constructor(
    readonly code: LaptopErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The call's headers and body as fetch takes them. */
export function headersOf(call: LaptopCall): Record<string, string> {
  const headers: Record<string, string> = {};
  if (call.token !== null) headers['authorization'] = `Bearer ${call.token}`;
  if (call.body) headers['content-type'] = 'json' in call.body ? 'application/json' : 'application/octet-stream';
  return headers;
}

export function bodyOf(call: LaptopCall): string | ArrayBuffer | null {
  if (call.body === null) return null;
  return 'json' in call.body ? JSON.stringify(call.body.json) : call.body.bytes;
}

/** The JSON of an answer, or null where the body is none. */
export function jsonOf(answer: LaptopAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body)) as unknown;
  } catch {
    return null;
  }
}
