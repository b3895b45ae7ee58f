import type { KubeObject, ResourceType } from '../resources/index.ts';
import { schemaOf } from '../schema/index.ts';
import { type Comparison, compareObjects } from './compare.ts';

/**
 * A kind whose versions are more than an apiVersion apart: what a manager owns is said in the version that it has written,
 * and has to be looked at there.
 */
export interface Versions {
  /** The kind in another version; undefined when there is no such, or none any more. */
  typeOf(apiVersion: string): ResourceType | undefined;
  /** The object in that version. */
  convert(object: KubeObject, apiVersion: string): KubeObject;
}

/** How an object has changed, in the version of whoever owns fields of it; undefined where there is no such version. */
export type ChangeIn = (apiVersion: string) => Comparison | undefined;

/**
 * The changes from one object to another in all versions, each looked at when it is first asked for.
 * Source: structured-merge-diff/merge/update.go update.
 * @param own in the version of both
 * @param versions undefined when all versions have the same fields
 */
export function changeInVersions(
  before: KubeObject,
  after: KubeObject,
  own: Comparison,
  versions: Versions | undefined,
): ChangeIn {
  if (versions === undefined) return () => own;
  const known = new Map<string, Comparison | undefined>([[after.apiVersion ?? '', own]]);
  return (apiVersion) => {
    if (!known.has(apiVersion)) {
      const type = versions.typeOf(apiVersion);
      const inVersion = (object: KubeObject) => versions.convert(object, apiVersion);
      const change = type && compareObjects(schemaOf(type), inVersion(before), inVersion(after));
      known.set(apiVersion, change);
    }
    return known.get(apiVersion);
  };
}
