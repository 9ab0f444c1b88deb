import { defineConfig } from 'vitest/config';

/** The legs in a real Chromium against the real laptop server. */
export default defineConfig({
  test: {
    include: ['test/browser/*.browser.ts'],
    testTimeout: 40_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
