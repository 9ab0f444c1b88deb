import { describe, expect, it } from 'vitest';
import { Rate } from '../src/rate';
import { transferred } from '../src/texts';

describe('the rate of a transfer', () => {
  it('is that of all that was seen of it', () => {
    const rate = new Rate();
    expect(rate.take({ received: 1_000, total: 9_000 }, 0)).toBeNull();
    expect(rate.take({ received: 2_000, total: 9_000 }, 500)).toBeNull();
    expect(rate.take({ received: 5_000, total: 9_000 }, 2_000)).toBe(2_000);
  });

  it('begins anew with the next transfer, and when one begins again', () => {
    const rate = new Rate();
    rate.take({ received: 8_000, total: 9_000 }, 0);
    expect(rate.take({ received: 1_000, total: 5_000 }, 5_000)).toBeNull();
    expect(rate.take({ received: 0, total: 5_000 }, 9_000)).toBeNull();
    expect(rate.take(null, 10_000)).toBeNull();
    expect(rate.take({ received: 4_000, total: 5_000 }, 20_000)).toBeNull();
  });

  it.each([
    [0, 40_000_000, null, '0.0 of 40.0 MB'],
    [12_300_000, 40_000_000, 2_100_000, '12.3 of 40.0 MB · 2.1 MB/s · 14 s left'],
    [1_000_000, 40_000_000, 100_000, '1.0 of 40.0 MB · 100 kB/s · 7 min left'],
    [1_000_000, 40_000_000, 0, '1.0 of 40.0 MB'],
  ])('is told with the time that is left (%i of %i)', (received, total, rate, text) => {
    expect(transferred(received, total, rate)).toBe(text);
  });
});
