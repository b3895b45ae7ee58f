import { allContainers } from '../defaults/pod-spec-defaults.ts';
import type { Json } from '../defaults/set-default.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';

const computeResources = ['cpu', 'memory'];

/** Source: pkg/apis/core/helper/qos. */
export function qosClass(spec: Json): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const each = allContainers(spec).map((container) => {
    const resources = asJsonObject(container['resources']);
    return { limits: asJsonObject(resources['limits']), requests: asJsonObject(resources['requests']) };
  });
  const asksAnything = each.some(({ limits, requests }) =>
    computeResources.some((name) => isSet(limits[name]) || isSet(requests[name])),
  );
  if (!asksAnything) return 'BestEffort';
  const isGuaranteed = each.every(({ limits, requests }) =>
    computeResources.every(
      (name) => isSet(limits[name]) && (requests[name] ?? limits[name]) === limits[name],
    ),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function isSet(quantity: unknown): boolean {
  return quantity !== undefined && quantity !== '0' && !isJsonObject(quantity);
}
