/**
 * The comm messages between the relay and the kernel (PROTOCOL.md, section 4): the only owner of their field names.
 * Pure: values in, values out. What comes from the kernel is checked here, and nowhere else.
 */

export const PROTOCOL_VERSION = 1;
export const VERSION = '0.1.0';
export const TO_KERNEL = 'notesync.to_kernel';
export const FROM_KERNEL = 'notesync.from_kernel';
export const BEACON = 'notesync.beacon';
/** In the metadata of an execute request. */
const SEEN = 'notesync_seen';
export const OFFER_TYPE = 'application/vnd.notesync.offer+json';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export type LaptopLeg = 'direct' | 'popup';
export type KernelLeg = 'websocket' | 'host' | 'widget' | 'base64';
export interface Legs {
  laptop: LaptopLeg;
  kernel: KernelLeg;
}

/**
 * The longest part of a response's body that one comm message carries. A page that shows the kernel's state draws for
 * each message, so few large ones are quicker; but what a host's own comms let through is not known.
 */
export function partBytes(leg: KernelLeg): number {
  return leg === 'websocket' ? 2 * 1024 * 1024 : 256 * 1024;
}

/** The kernel's invitation to a page. */
export interface Offer {
  kernel: string;
  laptop: string;
  label: string;
  /** Nobody has said so yet: who already knows the laptop's address keeps it. */
  guessed?: true;
}

/** How a peer introduces itself. Another protocol is read, too: the user is told both numbers. */
export interface Hello {
  notesync: string;
  protocol: number;
  version: string;
  capabilities: string[];
}

export interface KernelHello extends Hello {
  kind: 'hello';
  role: 'carrier' | 'standby';
  laptop: string | null;
  /** The relay for which this one stands by. */
  carrier: string | null;
}
/** One call that the kernel wants to have done at the laptop. */
export interface Request {
  kind: 'request';
  id: number;
  method: string;
  path: string;
  json: JsonObject | null;
}
export interface Cancel {
  kind: 'cancel';
  id: number;
}
export interface Progress {
  received: number;
  total: number;
}
export interface Status {
  kind: 'status';
  line: string | null;
  state: string | null;
  sequence: number | null;
  pending: number | null;
  progress: Progress | null;
  needs: string | null;
  /** A cell ran on older code than had been saved before it: the sentence for the user. */
  late: string | null;
}
export interface Answer {
  kind: 'answer';
  id: number;
  sequence: number | null;
  newer: boolean;
}
/** A cell begins, on this sequence and this state of the laptop's repository. */
export interface Runs {
  kind: 'runs';
  cell: string;
  sequence: number | null;
  commit: string | null;
  dirty: boolean | null;
}
/** Answered at once: the kernel wonders whether this page is still there. */
export interface Ping {
  kind: 'ping';
}
export interface KernelBye {
  kind: 'bye';
}
export type FromKernel = KernelHello | Request | Cancel | Status | Answer | Runs | Ping | KernelBye;

/** A known field has the wrong type: the sender's fault. */
export class MessageError extends Error {}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(object: JsonObject, field: string, wanted: string): never {
  throw new MessageError(
    `field "${field}" must be ${wanted}, not ${field in object ? JSON.stringify(object[field]) : 'missing'}`,
  );
}

function text(object: JsonObject, field: string): string {
  const value = object[field];
  return typeof value === 'string' ? value : fail(object, field, 'a string');
}

function whole(object: JsonObject, field: string): number {
  const value = object[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(object, field, 'a whole number');
}

function optional<T>(object: JsonObject, field: string, read: (object: JsonObject, field: string) => T): T | null {
  return object[field] === undefined || object[field] === null ? null : read(object, field);
}

function object(parent: JsonObject, field: string): JsonObject {
  const value = parent[field];
  return isObject(value) ? value : fail(parent, field, 'an object');
}

function truth(parent: JsonObject, field: string): boolean {
  const value = parent[field];
  return typeof value === 'boolean' ? value : fail(parent, field, 'true or false');
}

function role(parent: JsonObject): 'carrier' | 'standby' {
  const value = parent['role'];
  return value === 'carrier' || value === 'standby' ? value : fail(parent, 'role', '"carrier" or "standby"');
}

function progress(parent: JsonObject, field: string): Progress {
  const value = object(parent, field);
  return { received: whole(value, 'received'), total: whole(value, 'total') };
}

/** Throws MessageError for what is no hello. */
export function readHello(value: unknown): Hello {
  if (!isObject(value)) throw new MessageError('a hello must be a JSON object');
  const capabilities = value['capabilities'];
  const listed = Array.isArray(capabilities) ? capabilities : fail(value, 'capabilities', 'a list');
  return {
    notesync: text(value, 'notesync'),
    protocol: whole(value, 'protocol'),
    version: text(value, 'version'),
    capabilities: listed.map((one) => (typeof one === 'string' ? one : fail(value, 'capabilities', 'a list of texts'))),
  };
}

/** Null for what is no offer of this protocol. */
export function readOffer(value: unknown): Offer | null {
  if (!isObject(value) || value['notesync'] !== 'offer' || value['protocol'] !== PROTOCOL_VERSION) return null;
  return {
    kernel: text(value, 'kernel'),
    laptop: text(value, 'laptop'),
    label: optional(value, 'label', text) ?? '',
    ...(value['guessed'] === true ? { guessed: true } : {}),
  };
}

/** The id of a request that could not be read, so that it can be answered. */
export function idOf(data: unknown): number | null {
  return isObject(data) && data['kind'] === 'request' && typeof data['id'] === 'number' ? data['id'] : null;
}

/** Null for a kind that this version does not know; throws MessageError for a known one that is malformed. */
export function readFromKernel(data: unknown): FromKernel | null {
  if (!isObject(data)) throw new MessageError('a message must be a JSON object');
  const kind: unknown = data['kind'];
  switch (kind) {
    case 'hello':
      return {
        kind: 'hello',
        ...readHello(data),
        role: role(data),
        laptop: optional(data, 'laptop', text),
        carrier: optional(data, 'carrier', text),
      };
    case 'request':
      return {
        kind: 'request',
        id: whole(data, 'id'),
        method: text(data, 'method'),
        path: text(data, 'path'),
        json: optional(data, 'json', object),
      };
    case 'cancel':
      return { kind: 'cancel', id: whole(data, 'id') };
    case 'status':
      return {
        kind: 'status',
        line: optional(data, 'line', text),
        state: optional(data, 'state', text),
        sequence: optional(data, 'sequence', whole),
        pending: optional(data, 'pending', whole),
        progress: optional(data, 'progress', progress),
        needs: optional(data, 'needs', text),
        late: optional(data, 'late', text),
      };
    case 'answer':
      return {
        kind: 'answer',
        id: whole(data, 'id'),
        sequence: optional(data, 'sequence', whole),
        newer: optional(data, 'newer', truth) ?? false,
      };
    case 'runs':
      return {
        kind: 'runs',
        cell: text(data, 'cell'),
        sequence: optional(data, 'sequence', whole),
        commit: optional(data, 'commit', text),
        dirty: optional(data, 'dirty', truth),
      };
    case 'ping':
    case 'bye':
      return { kind };
    default:
      return null;
  }
}

/** What both comms carry in their open. */
export function relayHello(relay: string, legs: Legs): JsonObject {
  return {
    notesync: 'relay',
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    capabilities: ['pong'],
    relay,
    legs: { ...legs },
  };
}

export const toKernel = {
  ready: (project: JsonObject, laptop: string, legs: Legs, why: string): JsonObject => ({
    kind: 'ready',
    project,
    laptop,
    legs: { ...legs },
    why,
  }),
  response: (id: number, status: number, part: number, last: boolean): JsonObject => ({
    kind: 'response',
    id,
    status,
    part,
    last,
  }),
  failed: (id: number, code: string, message: string): JsonObject => ({ kind: 'failed', id, code, message }),
  unpaired: (code: string): JsonObject => ({ kind: 'unpaired', code }),
  askFresh: (id: number): JsonObject => ({ kind: 'ask', what: 'fresh', id }),
  /** For the metadata of an execute request: the laptop had nothing newer than `cursor` when Run was pressed. */
  seen: (relay: string, cursor: JsonObject): JsonObject => ({ [SEEN]: { relay, cursor } }),
  pong: (): JsonObject => ({ kind: 'pong' }),
  /** Another page of this browser, which carried, has ended. */
  gone: (relay: string): JsonObject => ({ kind: 'gone', relay }),
  /** The path of the notebook that this page shows, as its server has it. */
  notebook: (path: string): JsonObject => ({ kind: 'notebook', path }),
  bye: (): JsonObject => ({ kind: 'bye' }),
  paused: (): JsonObject => ({ kind: 'bye', paused: true }),
};
