import { type Attributes, goQuote } from '../../../kube/index.ts';
import type { Finder } from './near-miss.ts';
import { ownRuleFinding } from './own-rule.ts';
import { resourceText, word, wordList } from './wording.ts';

/** A rule with resourceNames, for a request that names no object: they never match a create, list or deletecollection. */
export const findResourceNamesNeverMatch: Finder = function* (denial) {
  const { attributes } = denial;
  if (attributes.name !== '') return;
  for (const near of denial.nearRules().name) {
    yield ownRuleFinding(
      near,
      attributes,
      `${allowedNames(attributes, near.rule.resourceNames)}, and this request names no object: resourceNames never match it`,
      remedyText(attributes),
    );
  }
};

/** A rule with resourceNames, and the name asked for is none of them. */
export const findResourceName: Finder = function* (denial) {
  const { attributes } = denial;
  if (attributes.name === '') return;
  for (const near of denial.nearRules().name) {
    const { resourceNames } = near.rule;
    const wildcard = resourceNames.includes('*') ? ' (* is no wildcard there)' : '';
    yield ownRuleFinding(
      near,
      attributes,
      `${allowedNames(attributes, resourceNames)}${wildcard}, not for ${goQuote(attributes.name)}`,
      `Add ${goQuote(attributes.name)} to the rule's resourceNames.`,
    );
  }
};

function allowedNames(attributes: Attributes, names: readonly string[]): string {
  return `allows ${word(attributes.verb)} on ${resourceText(attributes)} only for the names ${wordList(names, goQuote)}`;
}

function remedyText({ verb }: Attributes): string {
  const without = `Allow ${word(verb)} in a rule without resourceNames`;
  return verb === 'list' || verb === 'watch'
    ? `${without}, or ask for one of the names with --field-selector=metadata.name=NAME.`
    : `${without}.`;
}
