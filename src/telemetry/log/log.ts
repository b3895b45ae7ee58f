import { type Logger, pino } from 'pino';
import { censorSecrets, hideSecrets } from './censor-secrets.ts';

export type Log = Logger;

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'text' | 'json';
  /** Names of fields that are left out of every line, at every depth. Default: none. */
  readonly excludeFields?: readonly string[];
  readonly stream: LogStream;
}

export interface LogStream {
  write(line: string): void;
  /** Calls back when what was written so far is out. Without it, everything is out at once. */
  flush?(done: () => void): void;
}

/** Diagnostic output, one event a line. Data for people and programs goes to standard output; this goes to `stream`. */
export function createLog({ level, format, stream, excludeFields = [] }: LogOptions): Log {
  const render = format === 'json' ? (line: string) => line : renderText;
  const left = new Set(excludeFields);
  const destination = {
    write: (line: string) => stream.write(render(left.size === 0 ? line : leaveOut(line, left))),
    flush: (done: () => void) => (stream.flush === undefined ? done() : stream.flush(done)),
  };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: censorSecrets },
      serializers: { ...hideSecrets, err: describeError },
    },
    destination,
  );
}

/** Looks at the finished line: fields come from calls, from child loggers and from serializers. */
function leaveOut(line: string, names: ReadonlySet<string>): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const kept = JSON.parse(
    JSON.stringify(fields, (key, value: unknown) => (names.has(key) ? undefined : value)),
  ) as object;
  return `${JSON.stringify({ level, time, ...kept, msg })}\n`;
}

/** Message, code and stack; never the fields that a library hangs on its errors (requests, headers, tokens). */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { message: error.message, ...(code === undefined ? {} : { code }), stack: error.stack };
}

function renderText(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${renderValue(value)}`);
  return `${[time, String(level).toUpperCase().padEnd(5), msg, ...rest].join(' ')}\n`;
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
  if (value !== null && typeof value === 'object' && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value);
}
