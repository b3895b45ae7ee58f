import type { ServerResponse } from 'node:http';
import { arch, platform, versions } from 'node:process';
import { goTrimRight, methodNotAllowed } from '../../kube/index.ts';
import type { ClusterRequest } from '../cluster.ts';
import { type DiscoveryDocument, discoveryDocument } from '../discovery/index.ts';
import {
  type OpenapiDocument,
  type OpenapiV2,
  openapiDocument,
  openapiIndex,
  openapiV2,
} from '../openapi/index.ts';
import type { Call, HandlerContext } from './handler-context.ts';
import { healthText } from './health.ts';
import { issuerDocument } from './issuer-documents.ts';
import type { RequestQuery } from './request-query.ts';
import { jsonText, send } from './respond.ts';

interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const plain = 'text/plain; charset=utf-8';
const nosniff = { 'X-Content-Type-Options': 'nosniff' };
const notFound: Answer = { code: 404, contentType: plain, body: '404 page not found\n', headers: nosniff };

/** Paths that are no resource: version, health, discovery, OpenAPI, the issuer of service accounts' tokens. */
export async function respondNonResource(
  context: HandlerContext,
  request: ClusterRequest,
  response: ServerResponse,
  query: RequestQuery,
): Promise<void> {
  const answer = await (isRead(request) ? answerOf : unread)(context, request, query);
  respondAnswer(request, response, answer);
}

/** An OpenAPI v3 document of whoever has made it. @param now milliseconds since the epoch */
export function respondOpenapi(
  { request, response, query }: Pick<Call, 'request' | 'response' | 'query'>,
  document: OpenapiDocument,
  groupVersionPath: string,
  now: number,
): void {
  respondAnswer(request, response, openapiAnswer(document, query, groupVersionPath, now));
}

function respondAnswer(request: ClusterRequest, response: ServerResponse, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const etag = answer.headers?.['ETag'];
  if (etag !== undefined && hasFresh(request, etag)) {
    response.statusCode = 304;
    response.end();
  } else {
    send(response, answer.code, answer.contentType, answer.body);
  }
}

/** kube-apiserver's page for what it does not know. */
export function respondNotFoundPage(response: ServerResponse): void {
  for (const [name, value] of Object.entries(nosniff)) response.setHeader(name, value);
  send(response, notFound.code, notFound.contentType, notFound.body);
}

/** Version and discovery are there for reading only, and say so; other pages are not found. Throws StatusError 405. */
async function unread(
  context: HandlerContext,
  request: ClusterRequest,
  query: RequestQuery,
): Promise<Answer> {
  const isDocument = /^\/(?:version|apis?)(?:\/|$)/.test(request.requestInfo.path);
  if (isDocument && (await answerOf(context, request, query)) !== notFound) throw methodNotAllowed();
  return notFound;
}

function isRead({ method }: ClusterRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function answerOf(
  context: HandlerContext,
  request: ClusterRequest,
  query: RequestQuery,
): Promise<Answer> {
  const path = goTrimRight(request.requestInfo.path, '/') || '/';
  const health = healthText(path, query);
  if (health !== undefined) {
    // As with kube-apiserver, a single check says less about itself.
    const headers = path.lastIndexOf('/') === 0 ? nosniff : {};
    return { code: 200, contentType: plain, body: health, headers };
  }
  if (path === '/version') {
    const body = jsonText(request, query, versionDocument(context));
    return { code: 200, contentType: 'application/json', body };
  }
  const table = context.objects.resources.table();
  if (path === '/openapi/v2') return openapiV2Answer(openapiV2(table, request.headers.accept));
  if (path === '/openapi/v3') return openapiIndexAnswer(openapiIndex(table));
  const openapi = '/openapi/v3/';
  if (path.startsWith(openapi)) {
    const groupVersionPath = path.slice(openapi.length);
    const document = openapiDocument(table, groupVersionPath);
    return document === undefined
      ? notFound
      : openapiAnswer(document, query, groupVersionPath, context.deps.now());
  }
  const document = await issuerDocument(context, path);
  if (document !== undefined) {
    return { code: 200, ...document, headers: { 'Cache-Control': 'public, max-age=3600' } };
  }
  return discoveryAnswer(discoveryDocument(table, path, request.headers.accept));
}

function versionDocument({ deps }: HandlerContext): object {
  const { major, minor, gitVersion } = deps.version;
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    // Clients show these and decide nothing by them.
    goVersion: `node${versions.node}`,
    compiler: 'v8',
    platform: `${platform}/${arch}`,
  };
}

function discoveryAnswer(document: DiscoveryDocument | undefined): Answer {
  if (document === undefined) return notFound;
  const { contentType, body, etag } = document;
  // Only the aggregated form may be kept, as from kube-apiserver.
  const isAggregated = contentType !== 'application/json';
  const headers = isAggregated ? { Vary: 'Accept', ETag: etag, 'Cache-Control': 'public' } : {};
  return { code: 200, contentType, body, headers };
}

/** Source: kube-openapi/pkg/handler. */
function openapiV2Answer(document: OpenapiV2 | undefined): Answer {
  if (document === undefined) {
    return { code: 406, contentType: plain, body: '', headers: { Vary: 'Accept' } };
  }
  const { contentType, body, etag } = document;
  return { code: 200, contentType, body, headers: { ETag: etag, Vary: 'Accept' } };
}

function openapiIndexAnswer({ body, etag }: OpenapiDocument): Answer {
  return { code: 200, contentType: plain, body, headers: { ETag: etag } };
}

/** How long a document whose hash is in its URL may be kept. */
const immutableMs = 365 * 24 * 60 * 60 * 1000;

/** Source: kube-openapi/pkg/handler3. */
function openapiAnswer(
  document: OpenapiDocument,
  query: RequestQuery,
  groupVersionPath: string,
  now: number,
): Answer {
  const asked = query.text('hash');
  if (asked !== '' && asked !== document.hash) {
    const headers = { Location: `/openapi/v3/${groupVersionPath}?hash=${document.hash}` };
    return { code: 301, contentType: plain, body: '', headers };
  }
  const expires = new Date(now + immutableMs).toUTCString();
  const forEver = { 'Cache-Control': 'public, immutable', Expires: expires };
  const headers = { ETag: document.etag, Vary: 'Accept', ...(asked === '' ? {} : forEver) };
  return { code: 200, contentType: 'application/json', body: document.body, headers };
}

function hasFresh(request: ClusterRequest, etag: string): boolean {
  const known = request.headers['if-none-match'] ?? '';
  return known.split(',').some((each) => each.trim() === etag || each.trim() === '*');
}
