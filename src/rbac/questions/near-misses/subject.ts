import type { Likeness } from './name-likeness.ts';
import type { Finder, Finding } from './near-miss.ts';
import type { NearSubject } from './near-subjects.ts';
import { callerText, givenText, namedText } from './wording.ts';

/** The binding's subject is the caller, or a group of the caller's, in other letters: `Jane` for `jane`. */
export const findSubjectCase = bySubject('case', (near) => ({
  but: `${ownText(near)}: case matters`,
  remedyText: `Name ${ownText(near, '')} in the binding's subjects.`,
}));

/** … with or without an issuer's prefix: `oidc:jane` for `jane`. */
export const findSubjectPrefix = bySubject('prefix', (near) => ({
  but: `${ownText(near)}: an issuer's prefix is a part of the name`,
  remedyText: `Name ${ownText(near, '')} in the binding's subjects, or change the issuer's prefix.`,
}));

/** … a ServiceAccount of the same name in another namespace. */
export const findServiceAccountNamespace = bySubject('namespace', (near) => ({
  but: ownText(near),
  remedyText: `Name ${ownText(near, '')} in the binding's subjects.`,
}));

/** … of another kind: a User named like a ServiceAccount, a Group named like the caller. */
export const findSubjectKind = bySubject('kind', (near) => ({
  but: `${ownText(near)}: the kind of the subject matters`,
  remedyText: `Name ${ownText(near, '')} in the binding's subjects.`,
}));

interface Words {
  readonly but: string;
  readonly remedyText: string;
}

function bySubject(likeness: Likeness, say: (near: NearSubject) => Words): Finder {
  return function* (denial): Generator<Finding> {
    for (const near of denial.nearSubjects()) {
      if (near.likeness !== likeness) continue;
      const { but, remedyText } = say(near);
      yield { held: near.held, message: `${givenText(near.held)} allows this, but ${but}.`, remedyText };
    }
  };
}

function ownText(
  { ownType, ownName }: NearSubject,
  lead = ownType === 'user' ? 'the caller is ' : 'the caller has ',
): string {
  return lead + (ownType === 'user' ? callerText(ownName) : namedText({ kind: 'Group', name: ownName }));
}
