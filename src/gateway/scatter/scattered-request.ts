import type { IncomingMessage } from 'node:http';
import {
  badRequest,
  decodeListOptions,
  RequestInfoError,
  resolveRequestInfo,
  StatusError,
} from '../../kube/index.ts';
import { checkFraming } from '../check-framing.ts';
import { checkHeaders } from '../check-headers.ts';
import { queryOf, withQuery } from '../list/index.ts';
import { hasBody } from '../upstream/has-body.ts';
import { type ClusterSelector, readClusterSelector } from './cluster-selector.ts';

/** A list that is asked of several clusters. */
export interface ScatteredList extends Pick<ClusterSelector, 'selects'> {
  /** Objects in the answer at most; 0 for all. */
  readonly limit: number;
  readonly continue: string;
  /** The request target for one of them. @param more its own continue token; '' for the beginning */
  target(limit: number, more: string): string;
}

/** What kubectl needs to know of a cluster before it can ask: one is as good as another. */
const ROOT_ANSWERS = /^\/(?:api|apis|openapi|version)(?:\/|$)/;
const NAME_ONE = 'name a cluster: /clusters/<name>/…';
const LISTS_ONLY = `all clusters together answer lists only; ${NAME_ONE}`;

/**
 * Reads a request for all clusters.
 * @param target below the prefix
 * @returns `root` for what is answered by the cluster without a name alone
 * @throws StatusError 400, 405 for what only one cluster can answer
 */
export function readScatteredRequest(request: IncomingMessage, target: string): ScatteredList | 'root' {
  const { method = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') throw notHere();
  const requestInfo = describe(method, target);
  if (!requestInfo.isResourceRequest) {
    if (ROOT_ANSWERS.test(requestInfo.path)) return 'root';
    throw badRequest(LISTS_ONLY);
  }
  if (requestInfo.verb === 'watch') {
    throw badRequest(`a watch is of one cluster, and so is a revision; ${NAME_ONE}`);
  }
  // HEAD is no list; a body has no meaning, and is not handed out as often as there are clusters.
  const ambiguity = checkFraming(request) ?? checkHeaders(request.rawHeaders);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  if (requestInfo.verb !== 'list' || method !== 'GET' || hasBody(request)) throw badRequest(LISTS_ONLY);
  return readList(target);
}

function describe(method: string, target: string) {
  try {
    return resolveRequestInfo(method, target);
  } catch (error) {
    throw error instanceof RequestInfoError ? badRequest(error.message) : error;
  }
}

function readList(target: string): ScatteredList {
  const { selects, query } = readClusterSelector(queryOf(target));
  const options = decodeListOptions(query);
  if ('failure' in options) throw badRequest(options.failure);
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest(`the clusters have no common revision; list without resourceVersion, or ${NAME_ONE}`);
  }
  const [path = ''] = target.split('?', 1);
  return {
    selects,
    limit: Math.max(0, options.limit),
    continue: options.continue,
    target: (limit, more) => withQuery(path, query, pageOf(limit, more)),
  };
}

/** With `resourceVersion=0` an API server may take no notice of the limit; without, it tells the newest. */
function pageOf(limit: number, more: string): Record<string, string | undefined> {
  return {
    limit: String(limit),
    continue: more === '' ? undefined : more,
    resourceVersion: undefined,
    resourceVersionMatch: undefined,
  };
}

function notHere(): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: LISTS_ONLY,
    reason: 'MethodNotAllowed',
    details: {},
    code: 405,
  });
}
