import type { Attributes, Decision, UserInfo } from '../../kube/index.ts';
import { explain, type Grant, type NearMiss, type Policy } from '../../rbac/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import type { AccessExplorer } from './access-explorer.ts';
import type { ExplainRefusal } from './explain-refusal.ts';

/** What a person may do in one cluster and why, for a page that shows it to that person. */
export interface OwnAccess {
  /** The Kubernetes user that claims of the issuer in this process describe; a text says why they describe none. */
  userOf(claims: Readonly<Record<string, unknown>>): UserInfo | string;
  /** Decides as for a request of the user's, and says as much of the why as the user may know. */
  ask(attributes: Attributes): AccessAnswer | Promise<AccessAnswer>;
  /** More than one question; undefined: somebody else decides, and does not say by what. */
  readonly explorer: AccessExplorer | undefined;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  /** Kubernetes' words for it; '' when there are none. */
  readonly reason: string;
  /** The user's own grant that allows it, where a rule does. */
  readonly grant?: Grant | undefined;
  /** What nearly allows it, the nearest first; none for who may not see explanations. */
  readonly nearMisses: readonly NearMiss[];
}

export interface OwnAccessDeps extends Pick<OwnAccess, 'userOf' | 'explorer'> {
  authorize(attributes: Attributes): Decision;
  /** undefined: somebody else decides, and does not say why. */
  readonly policy: Policy | undefined;
  /** undefined: refusals are not explained. */
  readonly explainRefusal: ExplainRefusal | undefined;
}

export function createOwnAccess(deps: OwnAccessDeps): OwnAccess {
  const { userOf, authorize, policy, explainRefusal, explorer } = deps;
  return {
    userOf,
    explorer,
    ask: (attributes) =>
      whenAnswered(() => {
        const { decision, reason } = authorize(attributes);
        if (decision !== 'allow') {
          return { allowed: false, reason, nearMisses: explainRefusal?.(attributes) ?? [] };
        }
        const grant = policy === undefined ? undefined : explain(policy, attributes).grant;
        return { allowed: true, reason, grant, nearMisses: [] };
      }),
  };
}
