import { type Attributes, StatusError, type UserInfo } from '../../kube/index.ts';
import type { Granted } from './complete-user.ts';
import { createModeCheck } from './constrained-mode.ts';
import { CONSTRAINED_MODES } from './constrained-modes.ts';
import { isGrantedInPart } from './granted-in-part.ts';
import type { Ask } from './identity-questions.ts';
import { legacyCheck } from './legacy-check.ts';
import { createModeMemory } from './mode-memory.ts';
import { createSuccessCache } from './success-cache.ts';
import type { WantedUser } from './wanted-user.ts';

export interface ConstrainedCheckDeps {
  readonly ask: Ask;
  readonly now: () => number;
}

/**
 * Tries the modes one after the other, the narrow ones before the legacy verb; the one that served this caller last
 * comes first. When none allows it, the first refusal is the answer; whoever has no part in a constrained right is refused as
 * by a server that does not have them, which is that of Kubernetes 1.35. Source: Kubernetes KEP-5284.
 */
export function createConstrainedCheck({ ask, now }: ConstrainedCheckDeps) {
  const cache = createSuccessCache(now);
  const modes = [
    ...CONSTRAINED_MODES.map((mode) => createModeCheck({ mode, ask, cache })),
    legacyCheck(ask, 'uidGroupsExtra'),
  ];
  const withoutModes = legacyCheck(ask, 'groupsExtraUid');
  const memory = createModeMemory();

  return (
    wanted: WantedUser,
    caller: UserInfo,
    attributesOf: (user: UserInfo) => Attributes,
  ): Granted | StatusError => {
    const last = memory.get(caller.username);
    let refusal: StatusError | undefined;
    for (const index of last === undefined ? modes.keys() : lastFirst(last, modes.length)) {
      const answer = modes[index]?.(wanted, caller, attributesOf);
      if (answer === undefined) continue;
      if (!(answer instanceof StatusError)) {
        if (index !== last) memory.set(caller.username, index);
        return answer;
      }
      refusal ??= answer;
    }
    if (refusal === undefined) throw new Error('no mode of impersonation has answered');
    if (last !== undefined || isGrantedInPart(ask, wanted, caller, attributesOf)) return refusal;
    return withoutModes(wanted, caller);
  };
}

function* lastFirst(last: number, count: number): Generator<number> {
  yield last;
  for (let index = 0; index < count; index++) if (index !== last) yield index;
}
