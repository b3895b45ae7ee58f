import { createRefusalExplainer, type DelegatedAuthorizer, type PipelineDeps } from '../gateway/index.ts';
import type { Policy, PolicyObject } from '../rbac/index.ts';

export interface ClusterDecisionsDeps {
  readonly policy: Policy;
  /** Decides in the policy's place; undefined: the policy decides. */
  readonly delegated: DelegatedAuthorizer | undefined;
  /** Whether refusals say what is missing. */
  readonly explains: boolean;
  /** Of the manifests, as they count now. */
  objects(): readonly PolicyObject[];
}

/** Who decides about requests to one cluster. Of what somebody else decides, policy and manifests here say nothing. */
export interface ClusterDecisions {
  authorize: Policy['authorize'];
  /** The same about what goes on already. */
  recheck: Policy['authorize'];
  /** What is decided by; undefined: somebody else decides. */
  readonly policy: Policy | undefined;
  rulesFor: Policy['rulesFor'];
  /** One each time: who asks much of one leaves the others enough. */
  explainer(): PipelineDeps['explain'];
  /** Of the manifests that are decided by. */
  objects(): readonly PolicyObject[];
}

export function createClusterDecisions(deps: ClusterDecisionsDeps): ClusterDecisions {
  const { policy, delegated } = deps;
  if (delegated !== undefined)
    return {
      authorize: (attributes) => delegated.authorize(attributes),
      recheck: (attributes) => delegated.recheck(attributes),
      policy: undefined,
      rulesFor: () => RULES_UNKNOWN,
      explainer: () => undefined,
      objects: () => [],
    };
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  return {
    authorize,
    recheck: authorize,
    policy,
    rulesFor: (user, namespace) => policy.rulesFor(user, namespace),
    explainer: () =>
      deps.explains ? createRefusalExplainer({ policy, now: () => performance.now() }) : undefined,
    objects: deps.objects,
  };
}

/** Who is asked about each request cannot list what they would say. */
const RULES_UNKNOWN = {
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  evaluationError: 'the API server decides on each request and cannot list its rules',
};
