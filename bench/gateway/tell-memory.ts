/**
 * Loaded into the process that is measured (`--import`): at SIGUSR2 it collects its garbage, and writes what is left to the
 * file that MEMORY_FILE names.
 */
import { renameSync, writeFileSync } from 'node:fs';

const file = process.env['MEMORY_FILE'] ?? '';

process.on('SIGUSR2', () => {
  // Twice: what the first one finalizes is garbage of the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${file}.new`, String(heapUsed + external));
  renameSync(`${file}.new`, file);
});
