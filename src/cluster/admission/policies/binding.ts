import type { LabelSelector } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';
import { compileMatchResources, type MatchResources } from '../match/match-resources.ts';

/** Source: admissionregistration v1 ParamRef. */
export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

/** A ValidatingAdmissionPolicyBinding: where a policy counts, with which parameters, and what follows. */
export interface Binding {
  readonly name: string;
  readonly policyName: string;
  readonly paramRef: ParamRef | undefined;
  /** Undefined: all that the policy is about. */
  readonly matches: MatchResources | undefined;
  /** Deny, Warn and Audit. */
  readonly actions: readonly string[];
}

export function compileBinding({ metadata, spec: given }: KubeObject): Binding {
  const spec = asJsonObject(given);
  const { paramRef, matchResources } = spec;
  return {
    name: metadata.name ?? '',
    policyName: asText(spec['policyName']) ?? '',
    paramRef: paramRef === undefined ? undefined : (asJsonObject(paramRef) as ParamRef),
    matches: matchResources === undefined ? undefined : compileMatchResources(asJsonObject(matchResources)),
    actions: asJsonArray(spec['validationActions']).map(String),
  };
}
