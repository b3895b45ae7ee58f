import { forbidden, type StatusError } from '../../kube/index.ts';
import { extraProblem } from './extra-problem.ts';
import { type Ask, askAll, type IdentityQuestions } from './identity-questions.ts';

/** From this many on, a caller who may have all of them is asked about once. Source: KEP-5284. */
const MANY = 4;

/** The empty group, and the one that may do everything, are never given in a constrained mode. */
export function askForGroups(
  ask: Ask,
  about: IdentityQuestions,
  groups: readonly string[],
): StatusError | undefined {
  if (groups.includes('')) {
    return forbidden(about.group(''), 'impersonating the empty string group is not allowed');
  }
  if (groups.includes('system:masters')) {
    return forbidden(about.group('system:masters'), 'impersonating the system:masters group is not allowed');
  }
  if (groups.length >= MANY && ask(about.group('*')) === undefined) return undefined;
  return askAll(ask, groups.map(about.group));
}

export function askForExtra(
  ask: Ask,
  about: IdentityQuestions,
  extra: ReadonlyMap<string, readonly string[]>,
): StatusError | undefined {
  const problem = extraProblem(extra);
  if (problem !== undefined) return forbidden(about.extra('', ''), problem);
  const questions = [...extra].flatMap(([key, values]) => values.map((value) => about.extra(key, value)));
  if (questions.length >= MANY && ask(about.extra('*', '*')) === undefined) return undefined;
  return askAll(ask, questions);
}
