import type { ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';
import { closeAfterAnswer, yamlText } from '../../http/index.ts';
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
import { wantsYaml } from './negotiate.ts';
import type { RequestQuery } from './request-query.ts';

/** Lists longer than this are compressed for who takes that. Source: apiserver/pkg/endpoints/handlers/responsewriters. */
const compressedFrom = 128 * 1024;

/** Sends a value as JSON, indented for people (see wantsPretty), or as YAML for who asks for that. */
export function respondJson(
  request: ClusterRequest,
  query: RequestQuery,
  response: ServerResponse,
  code: number,
  value: unknown,
): void {
  if (wantsYaml(request.headers.accept)) {
    send(response, code, 'application/yaml', yamlText(JSON.parse(encodeGoJson(value))));
    return;
  }
  const body = jsonText(request, query, value);
  if (code === 200 && body.length > compressedFrom && takesGzip(request)) sendCompressed(response, body);
  else send(response, code, 'application/json', body);
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

/** A document's JSON for everybody: indented, whoever asks. Source: apiserver/pkg/endpoints/handlers/responsewriters WriteRawJSON. */
export function rawJson(value: unknown): string {
  return text(value, true);
}

function takesGzip({ method, headers }: ClusterRequest): boolean {
  if (method !== 'GET') return false;
  const codings = String(headers['accept-encoding'] ?? '').split(',');
  return codings.some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0+)?\s*$).*)?$/i.test(coding));
}

/** Out of this thread, since a long list takes its time. */
function sendCompressed(response: ServerResponse, body: string): void {
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error !== null || response.headersSent || response.destroyed) {
      response.destroy(error ?? undefined);
      return;
    }
    response.setHeader('Content-Encoding', 'gzip');
    response.appendHeader('Vary', 'Accept-Encoding');
    send(response, 200, 'application/json', compressed);
  });
}

export function send(
  response: ServerResponse,
  code: number,
  contentType: string | undefined,
  body: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return;
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache, private');
  if (contentType !== undefined) response.setHeader('Content-Type', contentType);
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
  if (failure.status.code !== 406 && wantsYaml(request.headers.accept)) {
    send(response, failure.status.code, 'application/yaml', yamlText(JSON.parse(encoded)));
    return;
  }
  // What is told to who takes none of our representations is for people. Source: WriteRawJSON.
  const pretty = failure.status.code === 406 || isPretty(request, query);
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
