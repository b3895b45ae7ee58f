import { type Attributes, badRequest, type Decision, StatusError, type UserInfo } from '../../kube/index.ts';
import type { Granted } from './complete-user.ts';
import { createConstrainedCheck } from './constrained-check.ts';
import { createAsk } from './identity-questions.ts';
import { legacyCheck } from './legacy-check.ts';
import { mentionsImpersonation, readWantedUser } from './wanted-user.ts';
import { withoutUserText } from './without-user-text.ts';

export interface ImpersonationDeps {
  authorize(attributes: Attributes): Decision;
  /** Kubernetes' feature gate ConstrainedImpersonation, on by default since 1.36. Off, only `impersonate` counts. */
  readonly constrained: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

export type ImpersonationOutcome =
  | { readonly outcome: 'none' }
  | {
      readonly outcome: 'impersonated';
      /** Who acts from here on. Nothing of the caller is carried over. */
      readonly user: UserInfo;
      /** The constrained verb that allowed it, for example `impersonate:user-info`; absent for the legacy one. */
      readonly constraint?: string;
    }
  | { readonly outcome: 'refused'; readonly error: StatusError };

/**
 * @param rawHeaders names and values alternating, as Node gives them (each character a byte)
 * @param user the authenticated caller
 * @param attributesOf the actual request's question, put for the given user
 */
export type Impersonate = (
  rawHeaders: readonly string[],
  user: UserInfo,
  attributesOf: (user: UserInfo) => Attributes,
) => ImpersonationOutcome;

const NONE: ImpersonationOutcome = { outcome: 'none' };

/**
 * Decides whether a caller acts as somebody else. Every part of the wanted identity must be allowed to this caller.
 * Refusals have kube-apiserver's status and words. A failing authorizer fails the request.
 * Source: Kubernetes apiserver pkg/endpoints/filters/impersonation.
 */
export function createImpersonation({ authorize, constrained, now }: ImpersonationDeps): Impersonate {
  const ask = createAsk(authorize);
  const check = constrained ? createConstrainedCheck({ ask, now }) : legacyCheck(ask, 'groupsExtraUid');
  return (rawHeaders, caller, attributesOf) => {
    if (!mentionsImpersonation(rawHeaders)) return NONE;
    const wanted = readWantedUser(rawHeaders);
    if (wanted instanceof StatusError) return { outcome: 'refused', error: wanted };
    if (wanted.username === '') {
      if (wanted.uid === '' && wanted.groups.length === 0 && wanted.extra.size === 0) return NONE;
      return { outcome: 'refused', error: badRequest(withoutUserText(wanted, constrained)) };
    }
    return outcomeOf(check(wanted, caller, attributesOf));
  };
}

function outcomeOf(answer: Granted | StatusError): ImpersonationOutcome {
  if (answer instanceof StatusError) return { outcome: 'refused', error: answer };
  return { outcome: 'impersonated', ...answer };
}
