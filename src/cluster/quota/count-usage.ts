import type { ObjectContext } from '../objects/object-context.ts';
import { asKept, type KubeObject, type ResourceType } from '../resources/index.ts';
import { isInScope, type ScopedSpec } from './scopes.ts';
import { addUsage, type Usage, usageOf } from './usage-of.ts';

export interface Quota extends KubeObject {
  readonly spec: ScopedSpec & { readonly hard?: Usage };
  readonly status: { readonly hard?: Usage; readonly used?: Usage };
}

/** What there is of everything that a quota limits. */
export async function countUsage(context: ObjectContext, quota: Quota): Promise<Usage> {
  const hard = Object.keys(quota.spec.hard ?? {});
  let used: Usage = addUsage({}, {}, hard);
  for (const type of typesOf(context, hard)) {
    const { items } = await context.objects.list(asKept(type), quota.metadata.namespace ?? '');
    for (const { object } of items) {
      if (!isInScope(quota.spec, type, object)) continue;
      used = addUsage(used, usageOf(type, object, context.now()), hard);
    }
  }
  return used;
}

/** The kinds whose objects can use any of these resources. */
function typesOf({ resources }: ObjectContext, hard: readonly string[]): readonly ResourceType[] {
  const table = resources.table();
  const wanted = new Map<string, ResourceType>();
  for (const name of hard) {
    const [resource = '', ...group] = pluralOf(name).split('.');
    const type = table.findResource(group.join('.'), resource);
    if (type !== undefined) wanted.set(`${type.group}/${type.resource}`, type);
  }
  return [...wanted.values()];
}

function pluralOf(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name.startsWith('services.')) return 'services';
  if (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/'))
    return 'persistentvolumeclaims';
  const isOfPods =
    /^(?:(?:requests|limits)\.)?(?:cpu$|memory$|ephemeral-storage$|hugepages-)|^requests\..*\//.test(name);
  return isOfPods ? 'pods' : name;
}
