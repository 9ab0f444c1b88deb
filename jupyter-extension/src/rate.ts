import type { Progress } from './messages';

/** How fast a transfer goes, over all of it that was seen. Pure but for its memory; times are given. */
export class Rate {
  private first: (Progress & { at: number }) | null = null;

  /** Bytes per second, or null while that is a guess. */
  take(progress: Progress | null, now: number): number | null {
    if (progress === null) {
      this.first = null;
      return null;
    }
    const { first } = this;
    if (first?.total !== progress.total || progress.received < first.received) {
      this.first = { ...progress, at: now };
      return null;
    }
    const seconds = (now - first.at) / 1000;
    return seconds < 1 ? null : (progress.received - first.received) / seconds;
  }
}
