import type { Readable, Writable } from 'node:stream';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Which of a process' streams the client wants. */
export interface StreamChoice {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** How a remote command ended. Source: Kubernetes streaming/pkg/remotecommand (v4 error stream). */
export type RemoteOutcome =
  | { readonly exitCode: number }
  /** It could not be run. */
  | { readonly failure: string };

/** A client's end of a process' streams, whatever carries them. */
export interface RemoteStreams {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  onResize(listener: (size: TerminalSize) => void): void;
  /** Aborted when the client has left. */
  readonly gone: AbortSignal;
  /** Tells the client how it ended, after all output, and ends the connection. Never rejects. */
  finish(outcome: RemoteOutcome): Promise<void>;
}

/** What the error channel carries: since v4 a Status, before that a sentence, and nothing for success. */
export function outcomeText(outcome: RemoteOutcome, isStructured: boolean): string {
  if ('exitCode' in outcome && outcome.exitCode === 0) {
    return isStructured ? '{"metadata":{},"status":"Success"}' : '';
  }
  const message =
    'failure' in outcome
      ? outcome.failure
      : `command terminated with non-zero exit code: command terminated with exit code ${outcome.exitCode}`;
  if (!isStructured) return message;
  const details =
    'failure' in outcome
      ? { reason: 'InternalError', details: { causes: [{ message: outcome.failure }] }, code: 500 }
      : {
          reason: 'NonZeroExitCode',
          details: { causes: [{ reason: 'ExitCode', message: String(outcome.exitCode) }] },
        };
  const text = 'failure' in outcome ? `Internal error occurred: ${message}` : message;
  return JSON.stringify({ metadata: {}, status: 'Failure', message: text, ...details });
}

/** A terminal's size as clients send it: `{"Width":80,"Height":24}`. Undefined for anything else. */
export function readTerminalSize(text: string): TerminalSize | undefined {
  try {
    const { Width: columns, Height: rows } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    return isSide(columns) && isSide(rows) ? { columns, rows } : undefined;
  } catch {
    return undefined;
  }
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536;
}
