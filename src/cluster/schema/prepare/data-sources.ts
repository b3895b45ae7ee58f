import type { Json } from '../defaults/set-default.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';

/**
 * What a claim is filled from is said twice: the older field takes claims and snapshots only, and forgets anything else; the newer
 * one takes all. Whichever is there fills the other. Another namespace's is not taken at all.
 * Source: Kubernetes pkg/api/persistentvolumeclaim DropDisabledFields, NormalizeDataSources.
 * @param oldSpec of the claim that is updated: what it has stays
 */
export function normalizeDataSources(spec: Json, oldSpec: Json = {}): void {
  const { dataSource: older, dataSourceRef: newer } = spec;
  if (isJsonObject(older) && !isClaimOrSnapshot(older) && oldSpec['dataSource'] === undefined)
    delete spec['dataSource'];
  if (isJsonObject(newer) && (newer['namespace'] ?? '') !== '' && oldSpec['dataSourceRef'] === undefined)
    delete spec['dataSourceRef'];
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined)
    spec['dataSourceRef'] = structuredClone(dataSource);
  else if (dataSource === undefined && dataSourceRef !== undefined)
    spec['dataSource'] = structuredClone(dataSourceRef);
}

function isClaimOrSnapshot(source: Json): boolean {
  const { apiGroup = '', kind } = asJsonObject(source);
  if (kind === 'PersistentVolumeClaim') return apiGroup === '' || apiGroup === null;
  return kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io';
}
