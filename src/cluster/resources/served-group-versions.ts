import type { ResourceType } from './resource-type.ts';

export interface ServedGroupVersion {
  readonly group: string;
  readonly version: string;
  /** As in apiVersion: `v1`, `apps/v1`. */
  readonly groupVersion: string;
  /** As in a URL and in the OpenAPI index: `api/v1`, `apis/apps/v1`. */
  readonly path: string;
  readonly types: readonly ResourceType[];
}

/**
 * The types by group version, in their order.
 * @param before those among which an equal one is taken over
 */
export function groupVersionsOf(
  types: readonly ResourceType[],
  before: readonly ServedGroupVersion[],
): readonly ServedGroupVersion[] {
  const known = new Map(before.map((each) => [each.groupVersion, each]));
  return [...Map.groupBy(types, groupVersionOf)].map(([groupVersion, own]) => {
    const same = known.get(groupVersion);
    return same !== undefined && isSame(same.types, own) ? same : servedGroupVersion(groupVersion, own);
  });
}

function isSame(a: readonly ResourceType[], b: readonly ResourceType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

function servedGroupVersion(groupVersion: string, types: readonly ResourceType[]): ServedGroupVersion {
  const [{ group, version } = { group: '', version: '' }] = types;
  return {
    group,
    version,
    groupVersion,
    path: group === '' ? `api/${groupVersion}` : `apis/${groupVersion}`,
    types,
  };
}

/** A type's apiVersion. */
export function groupVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}
