import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // A generous limit: it only ends what hangs. A busy machine must not fail a test.
      { test: { name: 'unit', include: ['test/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/support/tools.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
