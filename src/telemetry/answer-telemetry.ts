import type { IncomingMessage, ServerResponse } from 'node:http';

export interface TelemetryAnswers {
  /** The metrics, and what format that is. */
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** undefined when requests can be answered, else what is missing. */
  notReady(): string | undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

const OK: Answer = { status: 200, text: 'ok' };

const PATHS = new Map<string, (answers: TelemetryAnswers) => Answer | Promise<Answer>>([
  ['/metrics', async ({ expose }) => ({ status: 200, ...(await expose()) })],
  // Not the readiness: who restarts a process for it would restart it because another one is away.
  ['/healthz', () => OK],
  ['/healthz/live', () => OK],
  ['/healthz/ready', ({ notReady }) => readiness(notReady())],
]);

/**
 * What the telemetry listener answers, at Dex's paths. It asks for no credentials, so it tells figures only; exact paths and
 * GET or HEAD, so that nothing else can ever be reached by it.
 */
export async function answerTelemetry(
  answers: TelemetryAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, text, contentType = 'text/plain; charset=utf-8' } = await answerTo(answers, request);
  response.writeHead(status, {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function answerTo(
  answers: TelemetryAnswers,
  { url = '', method }: IncomingMessage,
): Answer | Promise<Answer> {
  const found = PATHS.get(url);
  if (found === undefined) return { status: 404, text: 'not found\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'method not allowed\n' };
  return found(answers);
}

function readiness(missing: string | undefined): Answer {
  return missing === undefined ? OK : { status: 503, text: missing };
}
