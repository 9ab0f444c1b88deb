import type { Choice, Why } from './laptop/legs';
import type { JsonObject, LaptopLeg, Legs, Status } from './messages';
import type { Lost } from './kernel/link';

/** Where a session stands: plain values, from which view.ts makes what the user sees. */
export type KernelState = { is: 'opening' } | { is: 'open'; role: 'carrier' | 'standby' } | { is: 'lost'; why: Lost };

export type LaptopState =
  /** Nothing was tried: it takes the user's click. */
  | { is: 'idle'; choice: Choice | null }
  | { is: 'trying'; leg: LaptopLeg; mayAsk: boolean }
  | { is: 'pairing'; leg: LaptopLeg; code: string }
  /** `away`: the last call got no answer, `heardAt` is when it answered last; the kernel asks again. */
  | { is: 'ready'; leg: LaptopLeg; why: Why; project: JsonObject; away: boolean; heardAt: number | null }
  | { is: 'failed'; code: string; message: string; remedy: string | null; choice: Choice | null };

export interface SessionState {
  laptopUrl: string;
  kernel: KernelState;
  laptop: LaptopState;
  legs: Legs;
  status: Status | null;
  /** Bytes per second of the transfer that is under way. */
  rate: number | null;
  paused: boolean;
  /** This page goes on where another one carried, and the kernel has not caught up yet. */
  takesOver: boolean;
  /** A cell ran before what was saved had arrived. */
  ranOnOlder: boolean;
}

/** What the user can do; the panel's buttons and the menu of the status bar. */
export type Action = 'connect' | 'popup' | 'pause' | 'resume' | 'dashboard';
