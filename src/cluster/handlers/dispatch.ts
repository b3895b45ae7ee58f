import type { ServerResponse } from 'node:http';
import { methodNotAllowed, notFound, type RequestInfo, resourceNotFound } from '../../kube/index.ts';
import type { ClusterRequest } from '../cluster.ts';
import { isNamespaces } from '../objects/behaviour.ts';
import { isBuiltInGroup, type ResourceTable, type ResourceType } from '../resources/index.ts';
import { watch } from '../watch/index.ts';
import { bindPod, createBinding } from './bind-pod.ts';
import { isComputed, readComputed } from './computed.ts';
import { create } from './create.ts';
import { createToken } from './create-token.ts';
import { deleteCollection, deleteOne } from './delete.ts';
import { deprecationWarnings } from './deprecation-warnings.ts';
import { evictPod } from './evict-pod.ts';
import { get } from './get.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { list } from './list.ts';
import { respondNonResource } from './non-resource.ts';
import { respondNotFoundPage } from './page.ts';
import { patch } from './patch.ts';
import { podLog } from './pod-log.ts';
import { portForward } from './port-forward.ts';
import { attach, exec } from './remote-command.ts';
import type { RequestQuery } from './request-query.ts';
import { addWarnings } from './respond.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { update } from './update.ts';

type Methods = Readonly<Record<string, Handler>>;

const collection: Methods = { GET: list, POST: create, DELETE: deleteCollection };
/** Of what is made and never seen again. */
const bindings: Methods = { POST: createBinding };
const item: Methods = { GET: get, PUT: update, PATCH: patch, DELETE: deleteOne };
const subresources: Readonly<Record<string, Methods>> = {
  status: { GET: get, PUT: update, PATCH: patch },
  finalize: { PUT: update },
  approval: { GET: get, PUT: update, PATCH: patch },
  ephemeralcontainers: { GET: get, PUT: update, PATCH: patch },
  resize: { GET: get, PUT: update, PATCH: patch },
  binding: { POST: bindPod },
  eviction: { POST: evictPod },
  token: { POST: createToken },
  scale: { GET: getScale, PUT: updateScale, PATCH: patchScale },
  log: { GET: podLog },
  exec: { GET: exec, POST: exec },
  attach: { GET: attach, POST: attach },
  portforward: { GET: portForward, POST: portForward },
};

/** Finds the handler of a request and runs it. Throws StatusError 404 or 405 when there is none. */
export async function dispatch(
  context: HandlerContext,
  request: ClusterRequest,
  response: ServerResponse,
  query: RequestQuery,
): Promise<void> {
  const info = request.requestInfo;
  if (!info.isResourceRequest) {
    await respondNonResource(context, request, response, query);
    return;
  }
  const table = context.objects.resources.table();
  if (!table.serves(info.apiGroup, info.apiVersion)) {
    // Built-in groups are known in every version: what is missing there is a resource.
    if (isBuiltInGroup(info.apiGroup)) throw resourceNotFound();
    respondNotFoundPage(response);
    return;
  }
  const type = table.find(info.apiGroup, info.apiVersion, info.resource);
  if (type === undefined && isOfCustom(table, info)) {
    respondNotFoundPage(response);
    return;
  }
  // Reviews are answered where the decisions are made, in front of this API.
  if (type === undefined || !(type.verbs.includes('get') || isBindings(type))) throw resourceNotFound();
  const call = callOf(request, response, query, type);
  addWarnings(response, type.custom?.warnings ?? deprecationWarnings(type));
  return handlerOf(call)(context, call);
}

/** Of custom resources, what is not defined is a page that is not there. */
function isOfCustom({ groupVersions }: ResourceTable, { apiGroup, apiVersion }: RequestInfo): boolean {
  const served = groupVersions.find(({ group, version }) => group === apiGroup && version === apiVersion);
  return served?.types.some(({ custom }) => custom !== undefined) === true;
}

function callOf(
  request: ClusterRequest,
  response: ServerResponse,
  query: RequestQuery,
  type: ResourceType,
): Call {
  const { parts, namespace } = request.requestInfo;
  const [, name = '', subresource = '', ...rest] = parts;
  if (rest.length > 0 || !isScopeRight(type, namespace, name)) throw resourceNotFound();
  return {
    request,
    response,
    query,
    type,
    namespace: type.namespaced ? namespace : '',
    name,
    subresource,
  };
}

/**
 * Whether the path has a namespace exactly where the type has one. What was authorized in a namespace must not reach
 * beyond it: `/namespaces/dev/nodes` was decided by dev's bindings.
 */
function isScopeRight(type: ResourceType, namespace: string, name: string): boolean {
  if (type.namespaced) return namespace !== '' || name === '';
  // A namespace is in itself (RequestInfo), and in no other one.
  return namespace === '' || (isNamespaces(type) && namespace === name);
}

function handlerOf(call: Call): Handler {
  const { request, type, namespace, name, subresource } = call;
  const { verb } = request.requestInfo;
  if (verb === 'proxy') throw resourceNotFound();
  if (verb === 'watch') {
    if (subresource !== '') throw resourceNotFound();
    if (request.method !== 'GET' || isComputed(type)) throw methodNotAllowed();
    return watch;
  }
  if (subresource !== '') return subresourceHandler(call);
  if (isComputed(type)) {
    if (request.method !== 'GET') throw methodNotAllowed();
    return readComputed;
  }
  const isClusterWide = type.namespaced && namespace === '';
  const methods = name !== '' ? item : isBindings(type) ? bindings : collection;
  const handler = own(methods, request.method);
  // While its definition goes, discovery hides what may still have to be done to an object.
  const isServed = type.custom !== undefined || type.verbs.includes(verb);
  if (verb === 'create' && type.custom?.closed !== undefined) throw methodNotAllowed(type.custom.closed);
  if (handler === undefined || !isServed || (isClusterWide && handler !== list)) throw methodNotAllowed();
  return handler;
}

function isBindings({ group, resource }: ResourceType): boolean {
  return group === '' && resource === 'bindings';
}

function subresourceHandler({ type, name, subresource, request: { method } }: Call): Handler {
  const served = type.subresources.find((each) => each.name === subresource);
  const methods = own(subresources, subresource);
  if (served === undefined || methods === undefined) {
    throw type.custom === undefined ? resourceNotFound() : notFound(type, name);
  }
  const handler = own(methods, method);
  if (handler === undefined) throw methodNotAllowed();
  return handler;
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
