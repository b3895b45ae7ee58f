import type { DanglingRef } from './dangling-refs.ts';
import type { Finder, Finding } from './near-miss.ts';
import { bindingText, namedText, subjectText } from './wording.ts';

/** The roleRef names a Role where a ClusterRole of that name exists and would allow the request, or the reverse. */
export const findRoleRefOfOtherKind: Finder = function* (denial) {
  for (const ref of denial.danglingRefs()) {
    if (ref.isOtherKind && ref.wouldAllow) yield describe(ref);
  }
};

/** The roleRef leads nowhere, but the role whose name is closest would allow the request. */
export const findRoleRefMisspelt: Finder = function* (denial) {
  for (const ref of denial.danglingRefs()) {
    if (!ref.isOtherKind && ref.wouldAllow) yield describe(ref);
  }
};

/** The roleRef leads nowhere, and nobody knows what the role was to allow. */
export const findRoleRefMissing: Finder = function* (denial) {
  for (const ref of denial.danglingRefs()) {
    if (!ref.wouldAllow) yield describe(ref);
  }
};

function describe({ held, meant, isOtherKind, wouldAllow }: DanglingRef): Finding {
  const { binding, subject } = held;
  const { roleRef } = binding.object;
  const given = `${bindingText(binding)} gives ${subjectText(subject.subject, binding.namespace)}`;
  const missing = `${given} ${namedText(roleRef)}, which does not exist`;
  if (meant === undefined) {
    return {
      held,
      message: `${missing}.`,
      remedyText: `Create ${namedText(roleRef)}, or delete the binding.`,
    };
  }
  const effect = wouldAllow ? ', which allows this' : '';
  const close = isOtherKind
    ? `but ${namedText(meant)} does${effect}`
    : `the closest name is ${namedText(meant)}${effect}`;
  return {
    held,
    message: `${missing}; ${close}.`,
    remedyText: `Delete the binding and create it again with roleRef ${namedText(meant)}: a roleRef cannot be changed.`,
  };
}
