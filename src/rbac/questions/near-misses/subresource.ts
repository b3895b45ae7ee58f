import type { Attributes } from '../../../kube/index.ts';
import type { Finder } from './near-miss.ts';
import { ownRuleFinding } from './own-rule.ts';
import { resourceText, word } from './wording.ts';

/** A rule for the resource without the subresource that was asked for, or the reverse, or for `pods/*`. */
export const findSubresource: Finder = function* (denial) {
  const { attributes } = denial;
  const { resource } = attributes;
  const below = `${resource}/`;
  if (resource === '') return;
  for (const near of denial.nearRules().resource) {
    const entry = near.rule.resources.find(
      (candidate) => candidate === resource || candidate.startsWith(below),
    );
    if (entry === undefined) continue;
    yield ownRuleFinding(
      near,
      attributes,
      misreading(entry, attributes),
      `Add the resource ${resourceText(attributes)} to a rule: each subresource is granted by itself.`,
    );
  }
};

function misreading(entry: string, attributes: Attributes): string {
  const { resource, subresource } = attributes;
  const asked = resourceText(attributes);
  if (entry === `${resource}/*`) {
    return `names ${word(entry)}, which matches nothing, not even ${asked}: a resource takes no such wildcard`;
  }
  if (entry === resource) {
    return `has the verb on ${word(entry)}, which does not include the subresource ${asked}`;
  }
  return subresource === ''
    ? `has the verb on the subresource ${word(entry)}, which does not include ${asked} itself`
    : `has the verb on the subresource ${word(entry)}, not on ${asked}`;
}
