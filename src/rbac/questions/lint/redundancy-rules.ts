import { type CompiledRule, urlCovers } from '../../rule.ts';
import type { RoleLintRule } from './lint-rule.ts';

// Comparing takes time in proportion to the square. Roles written by people have far fewer.
const MOST_RULES = 500;

/** Rules that add nothing to their role. */
export const REDUNDANCY_RULES: readonly RoleLintRule[] = [
  {
    on: 'role',
    id: 'duplicate-rule',
    title: 'A role says the same rule twice',
    severity: 'low',
    remedy: 'Take one of the rules out.',
    *check({ rules }) {
      const seen = new Map<string, number>();
      for (const [index, rule] of rules.entries()) {
        const first = seen.get(keyOf(rule));
        if (first === undefined) {
          seen.set(keyOf(rule), index);
        } else {
          yield { field: `rules[${index}]`, message: `The rule says the same as rules[${first}].` };
        }
      }
    },
  },
  {
    on: 'role',
    id: 'shadowed-rule',
    title: 'A rule allows nothing that another rule of the role does not allow',
    severity: 'low',
    remedy: 'Take the narrower rule out, or narrow the wider one.',
    *check({ rules }) {
      if (rules.length > MOST_RULES) {
        return;
      }
      for (const [index, rule] of rules.entries()) {
        const wider = rules.findIndex(
          (other) => other !== rule && includes(other, rule) && !includes(rule, other),
        );
        if (wider >= 0) {
          yield { field: `rules[${index}]`, message: `rules[${wider}] allows all of this rule already.` };
        }
      }
    },
  },
];

function keyOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: CompiledRule): string {
  const lists = [verbs, apiGroups, resources, resourceNames, nonResourceURLs];
  return JSON.stringify(lists.map((list) => [...new Set(list)].sort()));
}

/** Whether `wide` alone allows all that `narrow` does. A rule is a product of its lists, so list by list. */
function includes(wide: CompiledRule, narrow: CompiledRule): boolean {
  const urls = narrow.nonResourceURLs.every((url) =>
    wide.nonResourceURLs.some((owner) => urlCovers(owner, url)),
  );
  if (!contains(wide.verbs, narrow.verbs) || !urls) {
    return false;
  }
  return (
    narrow.resources.length === 0 ||
    (contains(wide.apiGroups, narrow.apiGroups) &&
      narrow.resources.every((resource) => coversResource(wide.resources, resource)) &&
      (wide.resourceNames.length === 0 ||
        (narrow.resourceNames.length > 0 && contains(wide.resourceNames, narrow.resourceNames, ''))))
  );
}

function contains(wide: readonly string[], narrow: readonly string[], star = '*'): boolean {
  return (star !== '' && wide.includes(star)) || narrow.every((entry) => wide.includes(entry));
}

function coversResource(wide: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/');
  return (
    wide.includes('*') ||
    wide.includes(resource) ||
    (slash >= 0 && wide.includes(`*${resource.slice(slash)}`))
  );
}
