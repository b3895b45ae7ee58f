import type { Refusal } from './client-claims.ts';

/** What the person is told of it, where there is anything that they could do. */
export interface ToldRefusal {
  /** Members of one of these may sign in. */
  readonly groups: readonly string[] | undefined;
  /** Whether the client is for people of other sources. */
  readonly isOfAnotherSource: boolean;
  /** What the operator has written down for it. */
  readonly message: string | undefined;
}

export function toldRefusal(refusal: Refusal | undefined): ToldRefusal {
  return {
    groups: refusal?.reason === 'groups' ? refusal.allowedGroups : undefined,
    isOfAnotherSource: refusal?.reason === 'connector',
    message: refusal?.reason === 'rule' ? refusal.message : undefined,
  };
}
