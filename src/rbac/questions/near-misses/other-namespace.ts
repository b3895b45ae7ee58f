import { goQuote } from '../../../kube/index.ts';
import type { Finder } from './near-miss.ts';
import { ownElsewhere } from './own-elsewhere.ts';
import { givenText, namedText } from './wording.ts';

/** The caller has just this right, but in another namespace. */
export const findOtherNamespace: Finder = function* (denial) {
  const { isResourceRequest, namespace } = denial.attributes;
  if (!isResourceRequest || namespace === '') return;
  for (const held of ownElsewhere(denial)) {
    const { roleRef } = held.binding.object;
    const role = roleRef.kind === 'ClusterRole' ? namedText(roleRef) : `a Role like ${goQuote(roleRef.name)}`;
    yield {
      held,
      message: `${givenText(held)} allows this in that namespace, but the request is in namespace ${goQuote(namespace)}.`,
      remedyText: `Create a RoleBinding to ${role} in namespace ${goQuote(namespace)} as well.`,
    };
  }
};
