import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeAfterAnswer, isHttp2 } from '../http/index.ts';
import {
  encodeStatus,
  firstQueryValue,
  indentGoJson,
  parseGoQuery,
  type Status,
  wantsPretty,
} from '../kube/index.ts';

/** An unread body beyond this many bytes costs the client its connection rather than us the reading. */
const DRAIN_BYTES = 65_536;

/**
 * kube-apiserver sends nosniff with every Status of its filters but the 401 (authentication.go writes it before that header
 * is set); the 405 is its handlers', which don't.
 */
const SNIFFED: ReadonlySet<number> = new Set([401, 405]);

/**
 * Ends a request with a Kubernetes Status, in kube-apiserver's form.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/responsewriters.
 */
export function respondStatus(request: IncomingMessage, response: ServerResponse, status: Status): void {
  const encoded = encodeStatus(status);
  const body = isPretty(request) ? indentGoJson(JSON.parse(encoded)) : encoded;
  response.statusCode = status.code;
  response.setHeader('Content-Type', 'application/json');
  if (!SNIFFED.has(status.code)) response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  if (hasLongBody(request)) closeAfterAnswer(response);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isPretty({ url = '', headers }: IncomingMessage): boolean {
  const query = url.includes('?') ? parseGoQuery(url.slice(url.indexOf('?') + 1)) : [];
  return wantsPretty(firstQueryValue(query, 'pretty') ?? '', headers['user-agent']);
}

function hasLongBody(request: IncomingMessage): boolean {
  if (request.complete) return false;
  return (
    // No length need be declared, and only the stream is at stake.
    isHttp2(request) ||
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > DRAIN_BYTES
  );
}
