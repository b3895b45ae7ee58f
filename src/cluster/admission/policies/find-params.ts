import { labelSelectorMatcher } from '../../../kube/index.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import type { Binding } from './binding.ts';

/**
 * The parameters that a binding has for a request: null where it has none to give. A string says why they cannot be had.
 * Source: apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go CollectParams.
 * @param type of the policy's paramKind
 * @param namespace of the request
 */
export async function findParams(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  type: ResourceType | undefined,
  { paramRef }: Binding,
  namespace: string,
): Promise<readonly (KubeObject | null)[] | string> {
  if (type === undefined || paramRef === undefined) return [null];
  const { name = '', namespace: named = '', selector, parameterNotFoundAction } = paramRef;
  if (!type.namespaced && named !== '') {
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  }
  const place = type.namespaced ? named || namespace : '';
  if (type.namespaced && place === '') {
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  }
  const found =
    name === '' ? await selected(objects, type, place, selector) : await one(objects, type, place, name);
  return found.length === 0 && parameterNotFoundAction === 'Deny'
    ? 'no params found for policy binding with `Deny` parameterNotFoundAction'
    : found;
}

async function one(
  objects: Pick<ObjectStore, 'get'>,
  type: ResourceType,
  namespace: string,
  name: string,
): Promise<readonly KubeObject[]> {
  const found = await objects.get(type, namespace, name);
  return found === undefined ? [] : [found.object];
}

async function selected(
  objects: Pick<ObjectStore, 'list'>,
  type: ResourceType,
  namespace: string,
  selector: NonNullable<Binding['paramRef']>['selector'],
): Promise<readonly KubeObject[]> {
  const takes = labelSelectorMatcher(selector);
  const { items } = await objects.list(type, namespace);
  return items.map(({ object }) => object).filter(({ metadata }) => takes(metadata.labels ?? undefined));
}
