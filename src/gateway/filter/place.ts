import { type Attributes, dns1123LabelErrors, type RequestInfo } from '../../kube/index.ts';

/**
 * A part of a collection that the caller may list or watch by itself: a namespace, or a Namespace by its name.
 * A filtered answer is the answers for all places, one after the other.
 */
export interface Place {
  /** '' for a Namespace by its name. */
  readonly namespace: string;
  /** '' for all objects in the namespace. */
  readonly name: string;
}

export interface PlacesDeps {
  /** Namespaces in which the request would be allowed. */
  namespacesAllowing(attributes: Attributes): readonly string[];
  /** Names for which the request would be allowed at the cluster scope. */
  namesAllowing(attributes: Attributes): readonly string[];
}

/**
 * The places of a collection in the order in which the API server would list their objects.
 * Names that no namespace can have are left out: they would end up in a path.
 */
export function placesOf(deps: PlacesDeps, requestInfo: RequestInfo, attributes: Attributes): Place[] {
  if (isNamespaces(requestInfo)) {
    // A selector that names one already is an ordinary request for that one.
    if (attributes.name !== '') return [];
    return deps
      .namesAllowing(attributes)
      .filter(isNamespaceName)
      .map((name) => ({ namespace: '', name }));
  }
  return deps
    .namespacesAllowing(attributes)
    .filter(isNamespaceName)
    .sort(keyOrder)
    .map((namespace) => ({ namespace, name: '' }));
}

/** How a place is called in tokens and in the audit log. */
export function placeName({ namespace, name }: Place): string {
  return namespace === '' ? name : namespace;
}

function isNamespaces({ apiGroup, resource }: RequestInfo): boolean {
  return apiGroup === '' && resource === 'namespaces';
}

function isNamespaceName(text: string): boolean {
  return dns1123LabelErrors(text).length === 0;
}

/** Objects are kept by key, and in a key a slash follows the namespace: `a-b/x` comes before `a/x`. */
function keyOrder(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1;
}
