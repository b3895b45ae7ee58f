import { SettingsService } from '@simplewebauthn/server';

/**
 * Has the library ask now whether this Node.js knows post-quantum signatures; it asks once. Node.js warns of the question,
 * in the middle of the log, and nobody here can do anything about it. Other warnings are not touched.
 */
export function askQuietly(): void {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    SettingsService.runtimeSupportsPQC();
  } finally {
    process.emitWarning = emitWarning;
  }
}
