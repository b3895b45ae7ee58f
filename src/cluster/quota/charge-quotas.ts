import { forbiddenObject } from '../../kube/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { noExtras, type TxnExtras } from '../objects/object-store.ts';
import { encodeObject, type StoredObject } from '../objects/stored-object.ts';
import { coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { compareQuantities } from '../schema/index.ts';
import { countUsage, type Quota } from './count-usage.ts';
import { isInScope } from './scopes.ts';
import { addUsage, increase, type Usage, unsaid, usageOf } from './usage-of.ts';

/**
 * What a new object uses of the quotas of its namespace, or a changed one uses more than before, as the part of its
 * transaction that spends it: of two that want the last of something, one gets it. Throws StatusError 403 when there is not enough.
 * Source: Kubernetes plugin/pkg/admission/resourcequota.
 */
export async function chargeQuotas(
  context: ObjectContext,
  type: ResourceType,
  object: KubeObject,
  old?: KubeObject,
): Promise<TxnExtras> {
  const { namespace = '' } = object.metadata;
  if (namespace === '') return noExtras;
  const used = (each: KubeObject) => usageOf(type, each, context.now());
  const usage = old === undefined ? used(object) : increase(used(object), used(old));
  if (Object.keys(usage).length === 0) return noExtras;
  if ((await context.surroundings.quotas.list(namespace)).length === 0) return noExtras;
  const { items } = await context.objects.list(coreType('resourcequotas'), namespace);
  const charged: { stored: StoredObject; next: Quota }[] = [];
  for (const stored of items) {
    const quota = stored.object as Quota;
    const next = isInScope(quota.spec, type, object) && (await charge(context, type, object, quota, usage));
    if (next) charged.push({ stored, next });
  }
  return {
    conditions: charged.map(({ stored }) => ({ key: stored.key, modRevision: stored.revision })),
    writes: charged.map(({ stored, next }) => ({ type: 'put', key: stored.key, value: encodeObject(next) })),
  };
}

/** The quota with more used; undefined when it does not limit what the object uses. */
async function charge(
  context: ObjectContext,
  type: ResourceType,
  object: KubeObject,
  quota: Quota,
  usage: Usage,
): Promise<Quota | undefined> {
  const hard = quota.spec.hard ?? {};
  const refuse = (text: string) => forbiddenObject(type, object.metadata.name ?? '', text);
  if (type.group === '' && type.resource === 'pods') {
    const missing = [...unsaid(object, Object.keys(hard))].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const listed = missing.map(([name, containers]) => `${name} for: ${containers.join(',')}`).join('; ');
    if (missing.length > 0) throw refuse(`failed quota: ${quota.metadata.name}: must specify ${listed}`);
  }
  const limited = Object.keys(hard).filter((name) => usage[name] !== undefined);
  if (limited.length === 0) return undefined;
  const over = (used: Usage) =>
    limited.filter(
      (name) => compareQuantities(addUsage(used, usage, [name])[name] ?? '0', hard[name] ?? '0') > 0,
    );
  let used: Usage = quota.status.used ?? {};
  // Something may have gone meanwhile, which nobody has counted yet, or is limited only now.
  const isCounted = limited.every((name) => used[name] !== undefined);
  if (!isCounted || over(used).length > 0) used = await countUsage(context, quota);
  const exceeded = over(used).toSorted();
  if (exceeded.length > 0) {
    const shown = (of: Usage) => exceeded.map((name) => `${name}=${of[name] ?? '0'}`).join(',');
    const numbers = `requested: ${shown(usage)}, used: ${shown(used)}, limited: ${shown(hard)}`;
    throw refuse(`exceeded quota: ${quota.metadata.name}, ${numbers}`);
  }
  const more = addUsage(used, usage, limited);
  return { ...quota, status: { ...quota.status, hard, used: { ...used, ...more } } };
}
