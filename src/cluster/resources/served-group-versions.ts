import type { ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';

export interface ServedGroupVersion {
  readonly group: string;
  readonly version: string;
  /** As in apiVersion: `v1`, `apps/v1`. */
  readonly groupVersion: string;
  /** As in a URL and in the OpenAPI index: `api/v1`, `apis/apps/v1`. */
  readonly path: string;
  readonly types: readonly ResourceType[];
}

/** The served group versions in discovery order; the core group is first. */
export const servedGroupVersions: readonly ServedGroupVersion[] = collect();

function collect(): readonly ServedGroupVersion[] {
  const byGroupVersion = Map.groupBy(resourceTypes, groupVersionOf);
  return [...byGroupVersion].map(([groupVersion, types]) => ({
    group: types[0]?.group ?? '',
    version: types[0]?.version ?? '',
    groupVersion,
    path: types[0]?.group === '' ? `api/${groupVersion}` : `apis/${groupVersion}`,
    types,
  }));
}

/** A type's apiVersion. */
export function groupVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}
