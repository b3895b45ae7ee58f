import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * The gateway's own health, answered without credentials: `/healthz` (the process serves) and `/readyz` (requests can be
 * decided). Exact paths and GET or HEAD only, so that nothing else slips past authentication with them.
 * @returns whether the request was a probe and has been answered
 */
export function answerProbe(
  request: IncomingMessage,
  response: ServerResponse,
  notReady: () => string | undefined,
): boolean {
  const target = request.url;
  if (target !== '/healthz' && target !== '/readyz' && target !== '/livez') return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const reason = target === '/readyz' ? notReady() : undefined;
  response.writeHead(reason === undefined ? 200 : 503, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-cache, private',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : `${reason ?? 'ok'}`);
  return true;
}
