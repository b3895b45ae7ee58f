import type { ServerResponse } from 'node:http';
import { closeAfterAnswer } from '../../http/index.ts';
import {
  encodeGoJson,
  encodeStatus,
  indentGoJson,
  internalError,
  StatusError,
  wantsPretty,
  warningValues,
} from '../../kube/index.ts';
import type { ClusterRequest } from '../cluster.ts';
import type { Call } from './handler-context.ts';
import type { RequestQuery } from './request-query.ts';

/** Sends a value as JSON, indented for people (see wantsPretty). */
export function respondJson(
  request: ClusterRequest,
  query: RequestQuery,
  response: ServerResponse,
  code: number,
  value: unknown,
): void {
  send(response, code, 'application/json', jsonText(request, query, value));
}

/** Says that something was made of which there is nothing to show. */
export function respondCreated({
  request,
  query,
  response,
}: Pick<Call, 'request' | 'query' | 'response'>): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  respondJson(request, query, response, 201, status);
}

/** A value's JSON as this client is to get it. */
export function jsonText(request: ClusterRequest, query: RequestQuery, value: unknown): string {
  return text(value, isPretty(request, query));
}

export function send(
  response: ServerResponse,
  code: number,
  contentType: string,
  body: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return;
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache, private');
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.statusCode = code;
  response.end(body);
}

/** Answers with the Status of an expected failure; anything else is a fault of ours and says nothing of itself. */
export function respondError(
  request: ClusterRequest,
  query: RequestQuery,
  response: ServerResponse,
  error: unknown,
): void {
  const failure = error instanceof StatusError ? error : internalError('see the log of the server');
  const retryAfter = failure.status.details?.retryAfterSeconds;
  if (retryAfter !== undefined && !response.headersSent)
    response.setHeader('Retry-After', String(retryAfter));
  // The rest of a body that is too long is not worth reading.
  if (failure.status.code === 413 && !response.headersSent) closeAfterAnswer(response);
  const encoded = encodeStatus(failure.status);
  const pretty = isPretty(request, query);
  send(response, failure.status.code, 'application/json', pretty ? text(JSON.parse(encoded), true) : encoded);
}

/** Warnings that the client shows to its user. */
export function addWarnings(response: ServerResponse, warnings: readonly string[]): void {
  for (const value of warningValues(warnings)) response.appendHeader('Warning', value);
}

function text(value: unknown, pretty: boolean): string {
  return pretty ? indentGoJson(value) : `${encodeGoJson(value)}\n`;
}

function isPretty({ headers }: ClusterRequest, query: RequestQuery): boolean {
  return wantsPretty(query.text('pretty'), headers['user-agent']);
}
