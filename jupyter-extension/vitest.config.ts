import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 5_000,
    // A test that logs an error it did not expect must not pass unseen.
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
