import { methodNotAllowed, resourceNotFound } from '../../kube/index.ts';
import type { AdminCall, AdminHandler } from './admin-call.ts';
import { deleteOne } from './delete.ts';
import { get, list } from './list.ts';
import { watchKind } from './watch.ts';
import { act, create, patch, update } from './write.ts';

type Methods = Readonly<Record<string, AdminHandler>>;

const collection: Methods = { GET: list, POST: create };
const item: Methods = { GET: get, PUT: update, PATCH: patch, DELETE: deleteOne };
const subresource: Methods = { POST: act };

/** The handler of a request on a kind. @throws StatusError 404, 405 */
export function handlerOf({
  kind,
  request,
  type,
  namespace,
  name,
  subresource: asked,
}: AdminCall): AdminHandler {
  const { verb, parts } = request.requestInfo;
  if (verb === 'proxy' || parts.length > 3) throw resourceNotFound();
  if (verb === 'watch') {
    if (asked !== '') throw resourceNotFound();
    return watchKind;
  }
  if (asked !== '' && kind.actions?.[asked] === undefined) throw resourceNotFound();
  const methods = asked === '' ? (name === '' ? collection : item) : subresource;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  // All namespaces can be looked at together, and nothing else.
  if (type.namespaced && namespace === '' && method !== 'GET') throw methodNotAllowed();
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) throw methodNotAllowed();
  return handler;
}
