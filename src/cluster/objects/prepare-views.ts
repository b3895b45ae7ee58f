import type { Entry } from '../../store/index.ts';
import type { KubeObject, ResourceType, WebhookConversion } from '../resources/index.ts';
import { entryObject, viewsOf } from './stored-object.ts';

/** Reviews that are under way, by type and kept object. */
const reviews = new WeakMap<ResourceType, WeakMap<KubeObject, Promise<void>>>();

/**
 * Has a webhook make what objectOf shows of entries; once for all who ask at the same time or later. Throws StatusError 500,
 * and then the next one asks anew.
 */
export async function prepareViews(
  type: ResourceType,
  conversion: WebhookConversion,
  entries: readonly Entry[],
): Promise<void> {
  const views = viewsOf(type);
  const underWay = reviews.get(type) ?? new WeakMap<KubeObject, Promise<void>>();
  reviews.set(type, underWay);
  const wanted = [...new Set(entries.map(entryObject))].filter((kept) => !views.has(kept));
  const fresh = wanted.filter((kept) => !underWay.has(kept));
  const review = makeViews(views, conversion, fresh).finally(() => {
    for (const kept of fresh) underWay.delete(kept);
  });
  for (const kept of fresh) underWay.set(kept, review);
  await Promise.all([review, ...wanted.map((kept) => underWay.get(kept))]);
}

async function makeViews(
  views: WeakMap<KubeObject, KubeObject>,
  conversion: WebhookConversion,
  kept: readonly KubeObject[],
): Promise<void> {
  if (kept.length === 0) return;
  const made = await conversion.fromStored(kept);
  for (const [index, object] of kept.entries()) views.set(object, made[index] ?? object);
}
