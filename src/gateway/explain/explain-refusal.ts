import { type Attributes, resourceAttributes } from '../../kube/index.ts';
import { explain, type NearMiss, type Policy } from '../../rbac/index.ts';
import { createExplanationBudget } from './explanation-budget.ts';
import { mayBeTold } from './may-be-told.ts';

export interface RefusalExplainerDeps {
  readonly policy: Policy;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * What nearly allowed a refused request, the nearest first, as far as its user may know. Nothing for who may not see
 * explanations, and for who has had many just before.
 */
export type ExplainRefusal = (refused: Attributes) => readonly NearMiss[];

/** More than are told, since some may have to be left out. */
const SOUGHT = 10;
const TOLD = 3;

/**
 * Who may `get explanations.sallyport.dev` in the request's namespace (cluster-wide for a request without one) is told
 * why it was refused. The permission is asked first, since it costs next to nothing, then the budget.
 */
export function createRefusalExplainer({ policy, now }: RefusalExplainerDeps): ExplainRefusal {
  const budget = createExplanationBudget({ now });
  return (refused) => {
    const { user } = refused;
    if (policy.authorize(permissionFor(refused)).decision !== 'allow' || !budget.take(user.username))
      return [];
    return explain(policy, refused, { limit: SOUGHT })
      .nearMisses.filter((miss) => miss.kind !== 'nothingNear' && mayBeTold(miss, user, policy.authorize))
      .slice(0, TOLD);
  };
}

function permissionFor({ user, isResourceRequest, namespace }: Attributes): Attributes {
  return resourceAttributes({
    user,
    verb: 'get',
    apiGroup: 'sallyport.dev',
    apiVersion: 'v1alpha1',
    resource: 'explanations',
    namespace: isResourceRequest ? namespace : '',
  });
}
