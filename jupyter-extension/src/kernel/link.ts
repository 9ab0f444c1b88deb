import type { JsonObject, KernelLeg } from '../messages';

/** Why the comms are closed. */
export type Lost =
  /** The way to the kernel broke; it is being built again. */
  | 'connection'
  /** Another kernel process answers now, without notesync so far. */
  | 'restarted'
  /** The kernel runs and has no notesync. */
  | 'unloaded'
  /** There is no such kernel any more. */
  | 'gone';

export interface KernelEvents {
  /** Both comms were opened (again); nothing has been answered yet. */
  opened(): void;
  message(data: unknown, buffers: ArrayBuffer[]): void;
  lost(why: Lost): void;
}

/** The kernel leg: the two comms of PROTOCOL.md section 4, kept open for as long as the kernel has notesync. */
export interface KernelLink {
  readonly leg: KernelLeg;
  /** Whether messages reach the kernel while a cell runs. */
  readonly besideCells: boolean;
  /** Begins, once. `hello` is asked for the data of every open. */
  start(hello: () => JsonObject, events: KernelEvents): void;
  /** Sends on `notesync.to_kernel`; without open comms the message is lost. */
  send(data: JsonObject, bytes?: ArrayBuffer): void;
  /** notesync was loaded in the kernel (again): opens the comms, anew if they are open. */
  wake(): void;
  /** Closes for good. */
  stop(): void;
}
