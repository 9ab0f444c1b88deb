import { chooseLeg } from '../src/laptop/legs';
import type { LaptopState } from '../src/state';

/** States of a laptop, as the panel meets them. */
const around = { near: false, secure: true, delegated: true, permission: 'prompt' } as const;
export const asks = chooseLeg(around);
export const windowOnly = chooseLeg({ ...around, permission: 'denied' });
export const failed = (code: string, choice = asks): LaptopState => ({
  is: 'failed',
  code,
  message: 'm',
  remedy: null,
  choice,
});
export const ready = {
  is: 'ready',
  leg: 'direct',
  why: 'granted',
  project: { name: 'shop' },
  away: false,
  heardAt: null,
} as const satisfies LaptopState;
