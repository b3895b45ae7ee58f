import type { ObjectContext } from '../objects/object-context.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { addQuantities, asJsonArray, asJsonObject } from '../schema/index.ts';
import { type Usage, usageOf } from './usage-of.ts';

export interface Quota extends KubeObject {
  readonly spec: { readonly hard?: Readonly<Record<string, string>>; readonly scopes?: readonly string[] };
  readonly status: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

/** What there is of everything that a quota limits. */
export async function countUsage(context: ObjectContext, quota: Quota): Promise<Usage> {
  const hard = Object.keys(quota.spec.hard ?? {});
  const used: Record<string, string> = Object.fromEntries(hard.map((name) => [name, '0']));
  for (const type of typesOf(context, hard)) {
    const { items } = await context.objects.list(type, quota.metadata.namespace ?? '');
    for (const { object } of items) {
      if (!isInScope(quota, type, object)) continue;
      const usage = usageOf(type, object);
      for (const name of hard) used[name] = addQuantities(used[name] ?? '0', usage[name] ?? '0');
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
  const isCompute = /^(?:(?:requests|limits)\.)?(?:cpu|memory|ephemeral-storage)$/.test(name);
  return isCompute ? 'pods' : name;
}

/** Whether the quota is about the object. Scopes are about pods. Source: pkg/quota/v1/evaluator/core/pods.go. */
export function isInScope({ spec }: Quota, type: ResourceType, object: KubeObject): boolean {
  const scopes = asJsonArray(spec.scopes);
  if (scopes.length === 0) return true;
  if (type.group !== '' || type.resource !== 'pods') return false;
  const isBestEffort = asJsonObject(object['status'])['qosClass'] === 'BestEffort';
  const isTerminating = asJsonObject(object['spec'])['activeDeadlineSeconds'] !== undefined;
  const holds: Readonly<Record<string, boolean>> = {
    BestEffort: isBestEffort,
    NotBestEffort: !isBestEffort,
    Terminating: isTerminating,
    NotTerminating: !isTerminating,
  };
  return scopes.every((scope) => holds[String(scope)] === true);
}
