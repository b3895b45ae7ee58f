import type { ServerResponse } from 'node:http';
import { send } from './respond.ts';

/** An answer that is no object. */
export interface Page {
  readonly code: number;
  /** Absent: there is nothing to read. */
  readonly contentType?: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const plain = 'text/plain; charset=utf-8';
export const nosniff = { 'X-Content-Type-Options': 'nosniff' };
export const notFoundPage: Page = {
  code: 404,
  contentType: plain,
  body: '404 page not found\n',
  headers: nosniff,
};
export const emptyNotFound: Page = { code: 404, body: '' };

/** @param known the ETags that the client has, as it sent them */
export function respondPage(response: ServerResponse, page: Page, known = ''): void {
  for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, value);
  const etag = page.headers?.['ETag'];
  if (etag !== undefined && known.split(',').some((each) => ['*', etag].includes(each.trim()))) {
    response.statusCode = 304;
    response.end();
    return;
  }
  send(response, page.code, page.contentType, page.body);
}

/** kube-apiserver's page for what it does not know. */
export function respondNotFoundPage(response: ServerResponse): void {
  respondPage(response, notFoundPage);
}
