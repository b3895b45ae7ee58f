import type { Attributes } from '../../../kube/index.ts';
import { combinedResource } from '../../rule.ts';
import type { Finder } from './near-miss.ts';
import { ownRuleFinding } from './own-rule.ts';
import { resourceText, word } from './wording.ts';

/** A rule whose resource is the one asked for in another spelling: `Pods`, `pod`, `deployments.apps`, `pod*`. */
export const findResource: Finder = function* (denial) {
  const { attributes } = denial;
  const asked = resourceText(attributes);
  const isMisspelt = misspellingsOf(attributes);
  for (const near of denial.nearRules().resource) {
    const entry = near.rule.resources.find(isMisspelt);
    if (entry === undefined) continue;
    yield ownRuleFinding(
      near,
      attributes,
      `names the resource ${word(entry)}, which is not ${asked}: a rule has the plural name in lower case, without API group and wildcard`,
      `Write ${asked} in the rule.`,
    );
  }
};

function misspellingsOf({ apiGroup, resource, subresource }: Attributes): (entry: string) => boolean {
  const asked = combinedResource(resource, subresource);
  const lower = asked.toLowerCase();
  const others = new Set(apiGroup === '' ? [] : [`${lower}.${apiGroup}`]);
  if (subresource === '') {
    for (const [plural, singular] of ENDINGS) {
      if (lower.endsWith(plural)) others.add(lower.slice(0, -plural.length) + singular);
    }
  }
  return (entry) => {
    // `*` and `*/log` are real wildcards, and `pods/*` is said to be none elsewhere.
    if (entry.endsWith('*')) {
      return entry.length > 1 && !entry.endsWith('/*') && asked.startsWith(entry.slice(0, -1));
    }
    // The spellings are an API group and some letters longer or shorter at most.
    if (Math.abs(entry.length - asked.length) > apiGroup.length + 3) return false;
    const written = entry.toLowerCase();
    return (written === lower && entry !== asked) || (written !== '' && others.has(written));
  };
}

/** Plural, singular: `policies`, `ingresses`, `pods`. */
const ENDINGS = [
  ['ies', 'y'],
  ['es', ''],
  ['s', ''],
] as const;
