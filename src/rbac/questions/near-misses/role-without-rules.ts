import type { Finder } from './near-miss.ts';
import { givenText } from './wording.ts';

/** A role of the caller's own that has no rules, most often an aggregated ClusterRole that gathers none. */
export const findRoleWithoutRules: Finder = function* (denial) {
  for (const held of denial.own()) {
    if (held.slot.role?.rules.length !== 0) continue;
    const isClusterRole = held.slot.kind === 'ClusterRole';
    yield {
      held,
      message: isClusterRole
        ? `${givenText(held)} has no rules and so allows nothing; if it is aggregated, no ClusterRole has the labels that it selects.`
        : `${givenText(held)} has no rules and so allows nothing.`,
      remedyText: isClusterRole
        ? 'Label a ClusterRole that has the rules as the aggregationRule selects, or give the role rules.'
        : 'Give the role rules.',
    };
  }
};
