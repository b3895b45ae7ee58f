import type { OpenapiDocument, OpenapiV2 } from '../openapi/index.ts';
import type { Call } from './handler-context.ts';
import { type Page, plain, respondPage } from './page.ts';
import type { RequestQuery } from './request-query.ts';

/** An OpenAPI v3 document of whoever has made it. @param now milliseconds since the epoch */
export function respondOpenapi(
  { request, response, query }: Pick<Call, 'request' | 'response' | 'query'>,
  document: OpenapiDocument,
  groupVersionPath: string,
  now: number,
): void {
  const page = openapiPage(document, query, groupVersionPath, now);
  respondPage(response, page, request.headers['if-none-match']);
}

/** Source: kube-openapi/pkg/handler. */
export function openapiV2Page(document: OpenapiV2 | undefined): Page {
  if (document === undefined) {
    return { code: 406, contentType: plain, body: '', headers: { Vary: 'Accept' } };
  }
  const { contentType, body, etag } = document;
  return { code: 200, contentType, body, headers: { ETag: etag, Vary: 'Accept' } };
}

export function openapiIndexPage({ body, etag }: OpenapiDocument): Page {
  return { code: 200, contentType: plain, body, headers: { ETag: etag } };
}

/** How long a document whose hash is in its URL may be kept. */
const immutableMs = 365 * 24 * 60 * 60 * 1000;

/** Source: kube-openapi/pkg/handler3. */
export function openapiPage(
  document: OpenapiDocument,
  query: RequestQuery,
  groupVersionPath: string,
  now: number,
): Page {
  const asked = query.text('hash');
  if (asked !== '' && asked !== document.hash) {
    const Location = `/openapi/v3/${groupVersionPath}?hash=${document.hash}`;
    const headers = { Location, ETag: document.etag, Vary: 'Accept' };
    return { code: 301, contentType: 'application/json', body: '', headers };
  }
  const expires = new Date(now + immutableMs).toUTCString();
  const forEver = { 'Cache-Control': 'public, immutable', Expires: expires };
  const headers = { ETag: document.etag, Vary: 'Accept', ...(asked === '' ? {} : forEver) };
  return { code: 200, contentType: 'application/json', body: document.body, headers };
}
