/**
 * The product can't start for a reason that its operator can remove. The message says what and how; no stack is shown.
 */
export class StartError extends Error {
  readonly code = 'SP_START';
}
