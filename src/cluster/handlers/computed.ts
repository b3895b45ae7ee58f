import { notFound } from '../../kube/index.ts';
import { isMetrics } from '../metrics/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { componentStatuses } from './component-statuses.ts';
import type { Handler, HandlerContext } from './handler-context.ts';
import { parseListQuery } from './list-query.ts';
import { presentList, presentObject } from './present.ts';
import { respondJson } from './respond.ts';
import { viewOf } from './view-of.ts';

type Compute = (
  context: HandlerContext,
  type: ResourceType,
  namespace: string,
) => Promise<readonly KubeObject[]>;

/** Makes the objects of a kind that nobody keeps; undefined for all others. */
function computeOf(type: ResourceType): Compute | undefined {
  if (isComponentStatus(type)) return componentStatuses;
  if (!isMetrics(type)) return undefined;
  return async ({ objects }, ...which) =>
    (await import('../metrics/metrics-objects.ts')).metricsObjects(objects, ...which);
}

/** Whether objects of this kind are made anew at every request. */
export function isComputed(type: ResourceType): boolean {
  return computeOf(type) !== undefined;
}

/** GET of one object, or of a collection. */
export const readComputed: Handler = async (context, call) => {
  const { request, response, query, type, namespace, name } = call;
  const view = viewOf(context, call);
  const listed = name === '' ? parseListQuery(call) : undefined;
  const all = (await computeOf(type)?.(context, type, namespace)) ?? [];
  if (listed !== undefined) {
    const items = all.filter((object) => listed.selects(object));
    // Of what is kept nowhere there is no revision.
    respondJson(request, query, response, 200, presentList(type, items, {}, view));
    return;
  }
  const found = all.find((object) => object.metadata.name === name);
  if (found === undefined) throw absent(type, namespace, name);
  respondJson(request, query, response, 200, presentObject(type, found, view));
};

function isComponentStatus({ group, kind }: ResourceType): boolean {
  return group === '' && kind === 'ComponentStatus';
}

/** A metrics-server names what it measures by its kind. */
function absent(type: ResourceType, namespace: string, name: string): Error {
  if (!isMetrics(type)) return notFound(type, name);
  const resource = { group: type.group, resource: type.kind.toLowerCase() };
  return notFound(resource, namespace === '' ? name : `${namespace}/${name}`);
}
