import type { ServerResponse } from 'node:http';
import { goTrimRight, methodNotAllowed, resourceNotFound } from '../../kube/index.ts';
import type { ClusterRequest } from '../cluster.ts';
import { type DiscoveryDocument, discoveryDocument, isOfGroups } from '../discovery/index.ts';
import { openapiDocument, openapiIndex, openapiV2 } from '../openapi/index.ts';
import { isBuiltInGroup } from '../resources/index.ts';
import type { HandlerContext } from './handler-context.ts';
import { healthText } from './health.ts';
import { issuerDocument } from './issuer-documents.ts';
import { confirmJson } from './negotiate.ts';
import { openapiIndexPage, openapiPage, openapiV2Page } from './openapi-pages.ts';
import { emptyNotFound, nosniff, notFoundPage, type Page, plain, respondPage } from './page.ts';
import type { RequestQuery } from './request-query.ts';
import { jsonText, rawJson } from './respond.ts';
import { rootIndex } from './root-index.ts';
import { versionDocument } from './version-document.ts';

const json = 'application/json';

/** Paths that are no resource: version, health, discovery, OpenAPI, the issuer of service accounts' tokens. */
export async function respondNonResource(
  context: HandlerContext,
  request: ClusterRequest,
  response: ServerResponse,
  query: RequestQuery,
): Promise<void> {
  const page = pageForAnyMethod(context, request, query) ?? (await pageOf(context, request, query));
  respondPage(response, page, request.headers['if-none-match']);
}

/** What does not look at the method, as kube-apiserver's handlers outside its REST container do not. */
function pageForAnyMethod(
  context: HandlerContext,
  request: ClusterRequest,
  query: RequestQuery,
): Page | undefined {
  const { path } = request.requestInfo;
  const health = healthText(path, query);
  if (health !== undefined) {
    // As with kube-apiserver, a single check says less about itself.
    const headers = path.lastIndexOf('/') === 0 ? nosniff : {};
    return { code: 200, contentType: plain, body: health, headers };
  }
  const table = context.objects.resources.table();
  if (path === '/' || path === '/index.html') {
    return { code: 200, contentType: json, body: rawJson(rootIndex(table)) };
  }
  const trimmed = goTrimRight(path, '/');
  if (!isOfGroups(trimmed)) return undefined;
  const document = discoveryDocument(table, trimmed, request.headers.accept);
  return document && discoveryPage(request, query, document);
}

/** Throws StatusError 404 or 405 in what kube-apiserver knows in another version, or with another method. */
async function pageOf(context: HandlerContext, request: ClusterRequest, query: RequestQuery): Promise<Page> {
  const { path } = request.requestInfo;
  const { accept } = request.headers;
  const table = context.objects.resources.table();
  if (path.startsWith('/openapi/')) return openapiPageOf(context, request, query);
  const trimmed = goTrimRight(path, '/');
  const issued = await issuerDocument(context, trimmed);
  const isVersion = trimmed === '/version';
  const document = discoveryDocument(table, trimmed, accept);
  if (!isVersion && issued === undefined && document === undefined) {
    if (isKnownRoot(path)) throw resourceNotFound();
    return notFoundPage;
  }
  if (request.method !== 'GET') throw methodNotAllowed();
  if (document !== undefined) return discoveryPage(request, query, document);
  if (issued !== undefined) {
    return { code: 200, ...issued, headers: { 'Cache-Control': 'public, max-age=3600' } };
  }
  confirmJson(accept);
  return { code: 200, contentType: json, body: rawJson(versionDocument(context.deps.version)) };
}

function openapiPageOf(
  { objects, deps }: HandlerContext,
  request: ClusterRequest,
  query: RequestQuery,
): Page {
  const { method, requestInfo, headers } = request;
  const { path } = requestInfo;
  const table = objects.resources.table();
  if (method !== 'GET' && method !== 'HEAD') return notFoundPage;
  if (path === '/openapi/v2') return openapiV2Page(openapiV2(table, headers.accept));
  if (path === '/openapi/v3') return openapiIndexPage(openapiIndex(table));
  const openapi = '/openapi/v3/';
  if (!path.startsWith(openapi)) return notFoundPage;
  const groupVersionPath = path.slice(openapi.length);
  const document = openapiDocument(table, groupVersionPath);
  if (document === undefined) return emptyNotFound;
  return openapiPage(document, query, groupVersionPath, deps.now());
}

/** Below what kube-apiserver serves itself, the answer to an unknown path is a Status. */
function isKnownRoot(path: string): boolean {
  const [, root = '', name = ''] = path.split('/');
  if (root === 'version' || root === 'api') return true;
  return root === 'apis' && name !== '' && isBuiltInGroup(name);
}

function discoveryPage(
  request: ClusterRequest,
  query: RequestQuery,
  { contentType, body, etag, isYaml }: DiscoveryDocument,
): Page {
  // Only the aggregated form may be kept, as from kube-apiserver.
  const isAggregated = contentType.includes(';');
  const headers = isAggregated ? { Vary: 'Accept', ETag: etag, 'Cache-Control': 'public' } : {};
  const text = isYaml || isAggregated ? body : jsonText(request, query, JSON.parse(body));
  return { code: 200, contentType, body: text, headers };
}
