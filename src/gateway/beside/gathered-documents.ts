import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { goTrimRight } from '../../kube/index.ts';
import type { AuthorizedRequest, Target } from '../exchange.ts';
import { acceptJson, InnerResponse } from '../list/index.ts';
import type { OwnApi } from './own-api.ts';

/** Documents that list all groups, made of the target's and of one group more. */
export interface GatheredDocuments {
  /** Whether the request is for one of them. */
  has(authorized: AuthorizedRequest): boolean;
  answer(authorized: AuthorizedRequest): Promise<void>;
}

interface Whole {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

type Fields = Record<string, unknown>;

/** Those of a cluster with a hundred kinds have some hundred kilobytes. */
const MOST_BYTES = 32 * 1024 * 1024;

export function createGatheredDocuments(target: Target, listed: OwnApi['listed']): GatheredDocuments {
  /** The document with the group in it; undefined for one of another form. */
  function gathered(path: string, document: Fields): object | undefined {
    if (path === '/openapi/v3') {
      const { paths } = document;
      return isFields(paths) ? { ...document, paths: { ...paths, ...listed.openapiPaths() } } : undefined;
    }
    if (path === '/openapi/v2') {
      const { paths, definitions } = document;
      const own = listed.openapiV2();
      return isFields(paths) && isFields(definitions)
        ? {
            ...document,
            paths: { ...paths, ...own.paths },
            definitions: { ...definitions, ...own.definitions },
          }
        : undefined;
    }
    const { kind, apiVersion, groups, items } = document;
    if (kind === 'APIGroupList' && Array.isArray(groups)) {
      return { ...document, groups: put(groups, listed.apiGroup, (group) => group['name']) };
    }
    const version = DISCOVERY_VERSION.exec(String(apiVersion))?.[1];
    if (kind !== 'APIGroupDiscoveryList' || !Array.isArray(items) || !isKnown(version)) return undefined;
    const nameOf = ({ metadata }: Fields) => (isFields(metadata) ? metadata['name'] : undefined);
    return { ...document, items: put(items, listed.aggregated(version), nameOf) };
  }

  /** The bytes of the target's document with the group in it; undefined for one of another form. */
  function gatheredBody(path: string, { status, headers, body }: Whole): Buffer | undefined {
    if (status !== 200) return undefined;
    // Messages of protobuf are merged by writing one after the other.
    if (isProtobuf(headers)) return Buffer.concat([body, listed.openapiV2().protobuf]);
    const document = parse(body);
    const merged = document && gathered(path, document);
    return merged && Buffer.from(JSON.stringify(merged));
  }

  return {
    has: ({ request, requestInfo, upgrade }) =>
      upgrade === undefined &&
      !requestInfo.isResourceRequest &&
      isMergeable(withoutSlash(requestInfo.path), request.headers.accept) &&
      (request.method === 'GET' || request.method === 'HEAD'),
    async answer(authorized) {
      const { response, request, requestInfo } = authorized;
      const whole = await ask(target, authorized);
      const body = gatheredBody(withoutSlash(requestInfo.path), whole);
      if (body === undefined) return send(response, whole.status, whole.headers, whole.body);
      const { etag: upstreams, ...headers } = whole.headers;
      if (upstreams === undefined) return send(response, 200, headers, body);
      const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
      if (isKnownTo(request.headers, etag)) return send(response, 304, { ...headers, etag }, undefined);
      send(response, 200, { ...headers, etag }, body);
    },
  };
}

const PATHS: ReadonlySet<string> = new Set(['/apis', '/openapi/v3']);

/** A document in protobuf can be added to where it is known which message it is. */
function isMergeable(path: string, accept: string | undefined): boolean {
  return path === '/openapi/v2' || (PATHS.has(path) && takesJson(accept));
}

/** kubectl's form of OpenAPI v2. */
function isProtobuf(headers: OutgoingHttpHeaders): boolean {
  return String(headers['content-type']).startsWith('application/com.github.proto-openapi.spec.v2');
}

const DISCOVERY_VERSION = /^apidiscovery\.k8s\.io\/(.+)$/;

function isKnown(version: string | undefined): version is 'v2' | 'v2beta1' {
  return version === 'v2' || version === 'v2beta1';
}

function withoutSlash(path: string): string {
  return goTrimRight(path, '/');
}

/** After all others, and in place of one of the same name. */
function put(all: readonly unknown[], own: object, nameOf: (group: Fields) => unknown): readonly unknown[] {
  const name = nameOf(own as Fields);
  return [...all.filter((group) => !isFields(group) || nameOf(group) !== name), own];
}

/** The target's document, whole: as JSON where that is taken, not encoded, and whatever the client knows already. */
async function ask(target: Target, authorized: AuthorizedRequest): Promise<Whole> {
  const { request, response } = authorized;
  const { accept } = request.headers;
  const headers: IncomingHttpHeaders = { accept: takesJson(accept) ? acceptJson(accept) : (accept ?? '') };
  const agent = request.headers['user-agent'];
  if (agent !== undefined) headers['user-agent'] = agent;
  const inner = new InnerResponse();
  const leave = () => inner.destroy();
  response.once('close', leave);
  try {
    const forwarded = Promise.try(() =>
      target.forward({
        ...authorized,
        request: Object.create(request, { headers: { value: headers }, method: { value: 'GET' } }),
        body: Readable.from([]),
        response: inner.asServerResponse(),
        ownHeaders: [],
      }),
    );
    forwarded.catch((error: unknown) => inner.destroy(error as Error));
    const head = await inner.head;
    return { ...head, body: await readWhole(inner) };
  } finally {
    response.off('close', leave);
  }
}

async function readWhole(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('a document of the API server is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A document in protobuf could not be added to: who wants nothing else gets the target's. */
function takesJson(accept = ''): boolean {
  return accept.trim() === '' || /application\/(?:json|\*)|\*\/\*/i.test(accept);
}

function parse(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnownTo(headers: IncomingHttpHeaders, etag: string): boolean {
  return (headers['if-none-match'] ?? '').split(',').some((known) => [etag, '*'].includes(known.trim()));
}

/** Of the target's headers, those that are about what the document is, and not about how it came. */
const KEPT = [
  'content-type',
  'cache-control',
  'vary',
  'etag',
  'warning',
  'x-content-type-options',
  'retry-after',
];

function send(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: Buffer | undefined,
): void {
  for (const name of KEPT) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  if (body === undefined) response.writeHead(status).end();
  else {
    response.setHeader('Content-Length', body.length);
    response.writeHead(status).end(response.req?.method === 'HEAD' ? undefined : body);
  }
}
