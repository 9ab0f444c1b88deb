import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isObject, readHello, type Hello, type JsonObject } from './messages';
import { jsonOf, type LaptopTransport } from './laptop/transport';

/**
 * Pairing (PROTOCOL.md, section 3): the page draws a nonce, shows a code that follows from it, and proves the nonce to
 * get the token. The nonce never leaves the page before the claim. Not by WebCrypto, which pages on plain http lack.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LETTERS = 6;
const CLAIM_WAIT_MS = 20_000;

export function commitOf(nonce: Uint8Array): string {
  return bytesToHex(sha256(nonce));
}

/** The first 30 bits of the digest as six letters, most significant first. */
export function codeOf(commit: string, origin: string): string {
  const digest = sha256(utf8ToBytes(`notesync pairing\n${commit}\n${origin}\n`));
  const bits = new DataView(digest.buffer, digest.byteOffset).getUint32(0) >>> 2;
  let code = '';
  for (let letter = CODE_LETTERS - 1; letter >= 0; letter--) code += ALPHABET.charAt((bits >>> (5 * letter)) & 31);
  return code;
}

export interface Paired {
  token: string;
  project: JsonObject;
}

export class PairingError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string | null = null,
  ) {
    super(message);
  }
}

/** The error of an answer's body, as PROTOCOL.md section 6 has it. */
export function errorOf(body: unknown, status: number): PairingError {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const { code, message, remedy } = error;
  return new PairingError(
    typeof code === 'string' ? code : 'internal',
    typeof message === 'string' ? message : `the laptop answered ${status}`,
    typeof remedy === 'string' ? remedy : null,
  );
}

/**
 * Asks to be paired and waits for the user's answer. `show` gets the code to show.
 * Rejects with PairingError (denied, expired, over the limit), LaptopError, or the signal's reason.
 */
export async function pair(
  laptop: LaptopTransport,
  origin: string,
  label: string,
  show: (code: string) => void,
  signal: AbortSignal,
): Promise<Paired> {
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const commit = commitOf(nonce);
  const client = { kind: 'page', label, machine: '' };
  const asked = await post(laptop, '/v1/pairings', { commit, client }, signal);
  const pairing = asked['pairing'];
  if (typeof pairing !== 'string') throw new PairingError('bad_request', 'the laptop named no pairing');
  show(codeOf(commit, origin));
  for (;;) {
    const claim = { nonce: bytesToHex(nonce), wait_ms: CLAIM_WAIT_MS };
    const answer = await post(laptop, `/v1/pairings/${pairing}/claim`, claim, signal);
    const { state, token, project } = answer;
    if (state === 'allowed' && typeof token === 'string') return { token, project: isObject(project) ? project : {} };
    if (state !== 'pending') throw new PairingError('bad_request', 'the laptop answered with an unknown state');
  }
}

async function post(laptop: LaptopTransport, path: string, json: JsonObject, signal: AbortSignal): Promise<JsonObject> {
  const answer = await laptop.call({ method: 'POST', path, token: null, body: { json } }, signal);
  const body = jsonOf(answer);
  if (answer.status >= 300 || !isObject(body)) throw errorOf(body, answer.status);
  return body;
}

/** The hello of a laptop server; null for whatever else answers there. */
export function serverHello(value: unknown): Hello | null {
  try {
    const hello = readHello(value);
    return hello.notesync === 'server' ? hello : null;
  } catch {
    return null;
  }
}
