import type { KubeObject } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';

const WARNING =
  '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ';

/**
 * An owner that is named twice counts once.
 * @returns what the writer is warned of. Source: Kubernetes apiserver/pkg/endpoints/handlers/rest.go
 */
export function dropRepeatedOwners({ metadata }: KubeObject): readonly string[] {
  const owners: unknown = metadata.ownerReferences;
  if (!Array.isArray(owners)) return [];
  // By text, not each with each: there may be as many as a body takes.
  const kept = new Map(owners.map((owner) => [JSON.stringify(owner), asJsonObject(owner)]));
  if (kept.size === owners.length) return [];
  const seen = new Set<string>();
  const repeated = owners.filter((owner) => seen.size === seen.add(JSON.stringify(owner)).size);
  metadata.ownerReferences = [...kept.values()];
  return [WARNING + repeated.map((owner) => String(asJsonObject(owner)['uid'])).join(', ')];
}
