import type { Finder } from './near-miss.ts';
import { ownRuleFinding } from './own-rule.ts';
import { apiGroupText, placeText, requestText, wordList } from './wording.ts';

/** A rule with the right verb and resource, but for another API group. */
export const findApiGroup: Finder = function* (denial) {
  const { attributes } = denial;
  const asked = apiGroupText(attributes.apiGroup);
  for (const near of denial.nearRules().apiGroup) {
    yield ownRuleFinding(
      near,
      attributes,
      `allows ${requestText(attributes)} ${placeText(attributes)} in API group ${wordList(near.rule.apiGroups, apiGroupText)}, but the request is for API group ${asked}`,
      `Add API group ${asked} to the rule, or ask for the resource in a group that the rule has.`,
    );
  }
};
