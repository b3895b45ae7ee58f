import {
  decodeContinue,
  encodeContinue,
  type KubeObject,
  type ListMetadata,
  type ListQuery,
  parseListQuery,
  presentList,
  presentObject,
  respondJson,
  viewOf,
} from '../../cluster/index.ts';
import { expired, methodNotAllowed, notFound, requiredFieldValue } from '../../kube/index.ts';
import type { AdminCall, AdminHandler } from './admin-call.ts';

/** What is read at once where a client wants all. */
const PIECE = 500;

/** GET of a collection. */
export const list: AdminHandler = async (context, call) => {
  const view = viewOf(context, call);
  const query = parseListQuery(call);
  // There is no history to read from.
  if (query.resourceVersionMatch === 'Exact')
    throw expired('The resourceVersion for the provided list is too old.');
  const { items, metadata } = await readPage(call, query);
  respondJson(call.request, call.query, call.response, 200, presentList(call.type, items, metadata, view));
};

/** The pages of a kind until the client's is full; other than in Kubernetes, each of them is of its own moment. */
async function readPage(
  { kind, namespace }: AdminCall,
  query: ListQuery,
): Promise<{ items: readonly KubeObject[]; metadata: ListMetadata }> {
  if (kind.list === undefined) throw methodNotAllowed();
  const tokenAfter = (object: KubeObject) =>
    encodeContinue({ revision: undefined, after: kind.placeOf?.(object) ?? placeOf(object) });
  const wanted = query.limit > 0 ? query.limit : Number.POSITIVE_INFINITY;
  const items: KubeObject[] = [];
  let after = query.continue === '' ? undefined : decodeContinue(query.continue).after;
  let resourceVersion = '';
  for (;;) {
    const limit = query.selective ? PIECE : Math.min(PIECE, wanted - items.length);
    const required = (field: string) => requiredFieldValue(query.fieldSelector, field);
    const page = await kind.list({ namespace, limit, after, required });
    resourceVersion ||= String(page.revision ?? '');
    for (const [at, object] of page.items.entries()) {
      if (query.selects(object)) items.push(object);
      const isLast = at === page.items.length - 1 && page.next === undefined;
      if (items.length === wanted && !isLast)
        return { items, metadata: { resourceVersion, continue: tokenAfter(object) } };
    }
    if (page.next === undefined) return { items, metadata: { resourceVersion } };
    after = page.next;
  }
}

/** The name, behind the namespace where there is one. */
export function placeOf({ metadata: { namespace, name = '' } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** GET of one object. */
export const get: AdminHandler = async (context, call) => {
  const view = viewOf(context, call);
  respondJson(
    call.request,
    call.query,
    call.response,
    200,
    presentObject(call.type, await mustGet(call), view),
  );
};

/** @throws StatusError 404, 405 */
export async function mustGet({ kind, type, name, namespace }: AdminCall): Promise<KubeObject> {
  if (kind.get === undefined) throw methodNotAllowed();
  const found = await kind.get(name, namespace);
  if (found === undefined) throw notFound(type, name);
  return found;
}
