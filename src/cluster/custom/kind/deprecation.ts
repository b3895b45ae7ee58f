import type { Definition, DefinitionVersion } from '../definition/definition.ts';
import { compareVersions } from './version-order.ts';

/**
 * What clients of a deprecated version are told.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go defaultDeprecationWarning.
 */
export function deprecationWarnings({ spec }: Definition, version: DefinitionVersion): readonly string[] {
  if (version.deprecated !== true) return [];
  if (version.deprecationWarning !== undefined) return [version.deprecationWarning];
  const { group, names, versions } = spec;
  const [better] = versions
    .filter((each) => each.served && each.deprecated !== true && compareVersions(each.name, version.name) < 0)
    .map(({ name }) => name)
    .toSorted(compareVersions);
  const use = better === undefined ? '' : `; use ${group}/${better} ${names.kind}`;
  return [`${group}/${version.name} ${names.kind} is deprecated${use}`];
}
