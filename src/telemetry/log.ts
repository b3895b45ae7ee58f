import { type Logger, pino } from 'pino';

export type Log = Logger;

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'text' | 'json';
  readonly stream: { write(line: string): void };
}

/** Should anything ever hand such a field to the log, its value does not reach the stream. */
const SECRETS = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'code',
  'id_token',
  'refresh_token',
];

/** Diagnostic output, one event a line. Data for people and programs goes to standard output; this goes to `stream`. */
export function createLog({ level, format, stream }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)], censor: '[redacted]' },
      serializers: { err: describeError },
    },
    format === 'json' ? stream : { write: (line) => stream.write(renderText(line)) },
  );
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
