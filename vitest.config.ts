import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './e2e/support/longest-first.ts';

// Tests start the commands hundreds of times: what Node makes of their sources is kept for the next one.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node');

const long = 'test/**/*.long.test.ts';

/** Node.js loads the sources, as it does for who runs them; nothing is mocked that a loader would have to know of. */
const native = { experimental: { viteModuleRunner: false, nodeLoader: false } };

const unit = {
  setupFiles: ['test/support/load-tls.ts'],
  // Modules keep no state, so that files can share them; loading them anew for each takes longer than the tests.
  isolate: false,
  ...native,
  maxWorkers: '100%',
  // Generous limits: they only end what hangs. A busy machine must not fail a test.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 20_000, interval: 5 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...unit, name: 'unit', include: ['test/**/*.test.ts'], exclude: [long] } },
      // Properties over many cases, recordings of thousands of requests, processes, disks: for `npm test`, not for each change.
      { test: { ...unit, name: 'long', include: [long] } },
      {
        test: {
          ...native,
          name: 'e2e',
          // As above: what drives the product is loaded once a worker.
          isolate: false,
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/support/tools.ts'],
          // Each starts the product and waits for it much of the time: three keep two cores busy. More would be in each other's way.
          maxWorkers: 3,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
