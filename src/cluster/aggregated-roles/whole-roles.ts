import type { KubeObject } from '../resources/index.ts';
import { type ClusterRole, rulesOf, sameRules } from './gathered-rules.ts';

/** Objects whose ClusterRoles have the rules that they will have gathered when the last one is there. */
export function wholeRoles(objects: readonly KubeObject[]): readonly KubeObject[] {
  let whole = objects;
  // Roles gather from roles that gather; what gathers in a circle is done when nobody gets more.
  for (let round = 0; round < objects.length; round += 1) {
    const roles = whole.filter(({ kind }) => kind === 'ClusterRole') as readonly ClusterRole[];
    let isWhole = true;
    whole = whole.map((object: ClusterRole) => {
      if (object.kind !== 'ClusterRole') return object;
      const rules = rulesOf(object, roles);
      if (rules === undefined || sameRules(rules, object.rules ?? [])) return object;
      isWhole = false;
      return { ...object, rules };
    });
    if (isWhole) break;
  }
  return whole;
}
