import type { ResourceTable, ResourceType } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';

type Json = Record<string, unknown>;

/** Source: maxTypesToCheck. */
const mostTypes = 10;

/**
 * The kinds that a policy is about, as far as its rules name them: where one says "*" there is no telling.
 * Source: apiserver/pkg/admission/plugin/policy/validating/typechecking.go typesToCheck.
 */
export function typesToCheck(table: ResourceTable, spec: Json): readonly ResourceType[] {
  const rules = asJsonArray(asJsonObject(spec['matchConstraints'])['resourceRules']).map(asJsonObject);
  const found = new Map<string, ResourceType>();
  for (const rule of rules) {
    const [groups, versions, resources] = ['apiGroups', 'apiVersions', 'resources'].map((list) =>
      asJsonArray(rule[list]).map((each) => asText(each) ?? ''),
    ) as [string[], string[], string[]];
    if ([groups, versions, resources].some((each) => each.some((name) => name.includes('*')))) continue;
    for (const group of groups) {
      for (const version of versions) {
        for (const resource of resources) {
          const type = table.find(group, version, resource);
          if (type !== undefined) found.set(sortKey(type), type);
        }
      }
    }
  }
  const inOrder = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.slice(0, mostTypes).map(([, type]) => type);
}

function sortKey({ group, version, kind }: ResourceType): string {
  return [group, version, kind].join('/');
}
