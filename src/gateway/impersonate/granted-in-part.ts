import type { Attributes, UserInfo } from '../../kube/index.ts';
import { askerIn, CONSTRAINED_MODES, requestQuestion, usernameQuestion } from './constrained-modes.ts';
import type { Ask } from './identity-questions.ts';
import type { WantedUser } from './wanted-user.ts';

/**
 * Whether a caller whom no mode allows this has one of the two rights that a constrained mode needs. To them its refusal
 * says what else is missing; to anybody else it would speak of verbs that nobody has granted.
 */
export function isGrantedInPart(
  ask: Ask,
  wanted: WantedUser,
  caller: UserInfo,
  attributesOf: (user: UserInfo) => Attributes,
): boolean {
  return CONSTRAINED_MODES.filter((mode) => mode.applies(wanted, caller)).some((mode) => {
    const asker = askerIn(mode, caller);
    const questions = [requestQuestion(mode, attributesOf(asker)), usernameQuestion(mode, wanted, asker)];
    return questions.some((question) => ask(question) === undefined);
  });
}
