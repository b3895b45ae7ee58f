import type { Attributes } from '../../../kube/index.ts';
import type { CompiledRole } from '../../role-slot.ts';
import {
  allowsName,
  allowsPath,
  allowsResource,
  allowsVerb,
  type CompiledRule,
  compileRule,
} from '../../rule.ts';

/** Whether the rule alone allows the request. */
export function ruleAllows(rule: CompiledRule, attributes: Attributes): boolean {
  if (!allowsVerb(rule, attributes.verb)) return false;
  if (!attributes.isResourceRequest) return allowsPath(rule, attributes.path);
  const { apiGroup, resource, subresource, name } = attributes;
  return allowsResource(rule, apiGroup, resource, subresource) && allowsName(rule, name);
}

/** The index of the role's first rule, as written, that allows the request; -1 for none. */
export function allowingRule({ rules }: Pick<CompiledRole, 'rules'>, attributes: Attributes): number {
  return rules.findIndex((rule) => ruleAllows(compileRule(rule), attributes));
}
