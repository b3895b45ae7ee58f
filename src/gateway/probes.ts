import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readiness, readinessText } from './readiness/index.ts';

const TARGETS = new Map<string, 'alive' | 'ready' | 'readyVerbose'>([
  ['/healthz', 'alive'],
  ['/livez', 'alive'],
  ['/readyz', 'ready'],
  ['/readyz?verbose', 'readyVerbose'],
]);

/**
 * The gateway's own health, answered without credentials: `/healthz` (the process serves) and `/readyz` (requests can be
 * decided and answered). Exact targets and GET or HEAD only, so that nothing else slips past authentication with them.
 * @returns whether the request was a probe and has been answered
 */
export function answerProbe(
  request: IncomingMessage,
  response: ServerResponse,
  readiness: Readiness,
): boolean {
  const probe = TARGETS.get(request.url ?? '');
  if (probe === undefined) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const results = probe === 'alive' ? [] : readiness.results();
  const passed = results.every(({ failure }) => failure === undefined);
  response.writeHead(passed ? 200 : 503, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-cache, private',
    'X-Content-Type-Options': 'nosniff',
  });
  const text = passed && probe !== 'readyVerbose' ? 'ok' : readinessText(results);
  response.end(request.method === 'HEAD' ? undefined : text);
  return true;
}
