import type { Attributes } from '../../../kube/index.ts';
import type { Finding } from './near-miss.ts';
import { type NearRule, writtenIndex } from './near-rules.ts';
import { givenText } from './wording.ts';

/** A finding about a rule of the caller's own. The same rule through several bindings is one finding. */
export function ownRuleFinding(
  near: NearRule,
  { isResourceRequest }: Attributes,
  lacks: string,
  remedyText: string,
): Finding {
  const { held } = near;
  const ruleIndex = writtenIndex(near, isResourceRequest);
  const { kind, namespace, name } = held.slot;
  return {
    held,
    ruleIndex,
    key: JSON.stringify([kind, namespace, name, ruleIndex]),
    message: `${givenText(held)} ${lacks}.`,
    remedyText,
  };
}
