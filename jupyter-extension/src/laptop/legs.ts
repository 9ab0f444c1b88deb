import type { LaptopLeg } from '../messages';
import type { Surroundings } from './surroundings';

/** What to do for the laptop leg. The first row of the table whose conditions all hold decides. */
export interface Choice {
  /** Tried without being asked: only where no question of the browser can follow. */
  silently: LaptopLeg | null;
  /** What the Connect button does. */
  onClick: LaptopLeg;
  /** What is offered when that failed for the permission's sake. */
  otherwise: LaptopLeg;
  why: Why;
}
export type Why = 'near' | 'frame' | 'insecure' | 'granted' | 'denied' | 'prompt' | 'unknown';

interface Row extends Choice {
  when: Partial<Surroundings>;
}

export const LEGS: readonly Row[] = [
  { when: { near: true }, silently: 'direct', onClick: 'direct', otherwise: 'popup', why: 'near' },
  { when: { delegated: false }, silently: null, onClick: 'popup', otherwise: 'popup', why: 'frame' },
  // Nothing can be allowed there, so the browser does not ask, and a page from a private address gets through.
  { when: { secure: false }, silently: 'direct', onClick: 'popup', otherwise: 'popup', why: 'insecure' },
  { when: { permission: 'granted' }, silently: 'direct', onClick: 'direct', otherwise: 'popup', why: 'granted' },
  { when: { permission: 'denied' }, silently: null, onClick: 'popup', otherwise: 'popup', why: 'denied' },
  { when: { permission: 'prompt' }, silently: null, onClick: 'direct', otherwise: 'popup', why: 'prompt' },
  { when: {}, silently: null, onClick: 'direct', otherwise: 'popup', why: 'unknown' },
];

export function chooseLeg(around: Surroundings): Choice {
  const holds = (row: Row): boolean =>
    Object.entries(row.when).every(([key, value]) => around[key as keyof Surroundings] === value);
  const row = LEGS.find(holds);
  if (!row) throw new Error('the last row of the table holds everywhere');
  return row;
}
