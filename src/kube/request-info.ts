import { requiredFieldValue } from './field-selector.ts';
import { firstQueryValue, parseGoQuery, type QueryPair } from './go-query.ts';
import { booleanValue, decodeListOptions } from './list-options.ts';
import { pathSegmentNameErrors } from './names.ts';

/**
 * What a request asks for, resolved from method and target alone.
 * Source: Kubernetes apiserver/pkg/endpoints/request/requestinfo.go.
 */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** Percent-decoded path, not cleaned. */
  readonly path: string;
  readonly verb: string;
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Path segments after the API version and namespace; the resource first. */
  readonly parts: readonly string[];
  /** Raw query values; only recorded for list, watch and deletecollection. */
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** A target that names no request: answered with a plain-text 500 before authentication. */
export class RequestInfoError extends Error {
  override readonly name = 'RequestInfoError';
}

/**
 * Resolves a request as kube-apiserver does, on the path decoded once and never cleaned. It decides what is
 * authorized, so callers must have refused targets that others may read differently (checkRequestTarget).
 * @param method the HTTP method as sent; case counts.
 * @param target the raw request target in origin form.
 * @throws RequestInfoError when a verb stands in the path (`/api/v1/watch`) and nothing follows, or when the
 *   path cannot be decoded.
 */
export function resolveRequestInfo(method: string, target: string): RequestInfo {
  const queryStart = target.indexOf('?');
  const path = decodePath(queryStart < 0 ? target : target.slice(0, queryStart));
  const segments = splitPath(path);
  const apiPrefix = segments[0] ?? '';
  if (segments.length < 3 || (apiPrefix !== 'api' && apiPrefix !== 'apis'))
    return pathRequest(method, path, '');
  const versionAt = apiPrefix === 'apis' ? 2 : 1;
  if (segments.length < versionAt + 2) return pathRequest(method, path, apiPrefix);

  // The verb in the path, from before Kubernetes 1.0, still counts.
  const first = segments[versionAt + 1] ?? '';
  const verbInPath = first === 'watch' || first === 'proxy';
  const afterVersion = segments.slice(verbInPath ? versionAt + 2 : versionAt + 1);
  if (afterVersion.length === 0) {
    throw new RequestInfoError(`unable to determine kind and namespace from url, ${target}`);
  }
  const verb = verbInPath ? first : verbOfMethod(method);
  const scope = readNamespace(afterVersion);
  const { parts } = scope;
  const name = parts[1] ?? '';
  const query = queryStart < 0 ? '' : target.slice(queryStart + 1);
  const collection = verbInPath ? { verb, ...NO_SELECTION } : readCollection(verb, name, query);
  return {
    isResourceRequest: true,
    path,
    verb: collection.verb,
    apiPrefix,
    apiGroup: versionAt === 2 ? (segments[1] ?? '') : '',
    apiVersion: segments[versionAt] ?? '',
    namespace: scope.namespace,
    resource: parts[0] ?? '',
    subresource: verb === 'proxy' ? '' : (parts[2] ?? ''),
    name: name === '' ? collection.name : name,
    parts,
    fieldSelector: collection.fieldSelector,
    labelSelector: collection.labelSelector,
  };
}

/** Invalid UTF-8 is refused: Go would keep its bytes, which no string here can name. */
function decodePath(rawPath: string): string {
  if (!rawPath.includes('%')) return rawPath;
  try {
    return decodeURIComponent(rawPath);
  } catch {
    throw new RequestInfoError('the path has a malformed percent-encoding');
  }
}

/** Outer slashes do not count, inner empty segments do. */
function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === 0x2f) start++;
  while (end > start && path.charCodeAt(end - 1) === 0x2f) end--;
  return start === end ? [] : path.slice(start, end).split('/');
}

function pathRequest(method: string, path: string, apiPrefix: string): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix,
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
    fieldSelector: '',
    labelSelector: '',
  };
}

/** An unknown method is the empty verb, which only a rule with `*` allows. */
function verbOfMethod(method: string): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      return '';
  }
}

/** A request for a namespace itself, or its status or finalize, belongs to that namespace too. */
function readNamespace(segments: readonly string[]): { namespace: string; parts: readonly string[] } {
  if (segments[0] !== 'namespaces' || segments.length < 2) return { namespace: '', parts: segments };
  const namespace = segments[1] ?? '';
  const third = segments[2];
  const isOwnSubresource = third === undefined || third === 'status' || third === 'finalize';
  return { namespace, parts: isOwnSubresource ? segments : segments.slice(2) };
}

interface Collection {
  readonly verb: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

const NO_SELECTION = { name: '', fieldSelector: '', labelSelector: '' } as const;

/** Without a name, get means list or watch, and delete means deletecollection; their selectors are recorded. */
function readCollection(verb: string, name: string, rawQuery: string): Collection {
  if (name !== '' || (verb !== 'get' && verb !== 'delete')) return { verb, ...NO_SELECTION };
  if (rawQuery === '') return { verb: verb === 'get' ? 'list' : 'deletecollection', ...NO_SELECTION };
  const query = parseGoQuery(rawQuery);
  const selectors = {
    fieldSelector: firstQueryValue(query, 'fieldSelector') ?? '',
    labelSelector: firstQueryValue(query, 'labelSelector') ?? '',
  };
  if (verb === 'delete') return { verb: 'deletecollection', name: '', ...selectors };
  return { ...readList(query), ...selectors };
}

/** Options that do not decode lose the name, not the watch. */
function readList(query: readonly QueryPair[]): { verb: string; name: string } {
  const options = decodeListOptions(query);
  if ('failure' in options) {
    return { verb: booleanValue(firstQueryValue(query, 'watch')) ? 'watch' : 'list', name: '' };
  }
  const name = requiredFieldValue(options.fieldSelector, 'metadata.name') ?? '';
  return { verb: options.watch ? 'watch' : 'list', name: isUsableName(name) ? name : '' };
}

/** U+FFFD may stand for bytes that are no UTF-8, and a name that is not exactly known must not be authorized. */
function isUsableName(name: string): boolean {
  return pathSegmentNameErrors(name).length === 0 && !name.includes('\ufffd');
}
