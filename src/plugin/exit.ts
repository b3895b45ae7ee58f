import type { ExitCode } from '../exit-code.ts';

export { type ExitCode, exitCode } from '../exit-code.ts';

/** A failure with a sentence for the user and the exit code that goes with it. Never carries a secret. */
export class PluginError extends Error {
  readonly exitCode: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PluginError';
    this.exitCode = code;
  }
}

/** The `code` of a Node.js system error, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
