import type { Attributes } from '../../../kube/index.ts';
import { goQuote } from '../../../kube/index.ts';
import type { Finder } from './near-miss.ts';
import { ownElsewhere } from './own-elsewhere.ts';
import { givenText } from './wording.ts';

/** The caller has a role with just this right, but through a RoleBinding, and the request is at the cluster scope. */
export const findRoleBindingConfines: Finder = function* (denial) {
  const { attributes } = denial;
  if (attributes.isResourceRequest && attributes.namespace !== '') return;
  for (const held of ownElsewhere(denial)) {
    const namespace = goQuote(held.binding.namespace);
    yield {
      held,
      message: `${givenText(held)} has the rule for this, but a RoleBinding grants inside its own namespace only, and ${scopeText(attributes)}.`,
      remedyText: mayAskInside(attributes)
        ? `Ask in namespace ${namespace}, or bind the ClusterRole with a ClusterRoleBinding.`
        : 'Bind the ClusterRole with a ClusterRoleBinding.',
    };
  }
};

function scopeText({ isResourceRequest, name }: Attributes): string {
  if (!isResourceRequest) return 'a non-resource URL is in no namespace';
  return name === ''
    ? 'the request is for all namespaces, or for a resource that is in none'
    : 'the request is for an object that is in no namespace';
}

// An object that is asked for by its name without a namespace is in none; a collection may be in each.
function mayAskInside({ isResourceRequest, name }: Attributes): boolean {
  return isResourceRequest && name === '';
}
