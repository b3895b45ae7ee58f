import {
  internalError,
  type LabelSelector,
  labelSelectorRequirements,
  matchesLabels,
  SelectorError,
} from '../../../kube/index.ts';
import { isNamespaces } from '../../objects/behaviour.ts';
import type { KubeObject } from '../../resources/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';

/** Source: of webhooks and of policies' MatchResources in admissionregistration v1. */
export interface Selectors {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** The Namespace of a request. Throws StatusError 404 when there is none. */
export type FindNamespace = () => Promise<KubeObject>;

export type Selects = (attributes: AdmissionAttributes, findNamespace: FindNamespace) => Promise<boolean>;

/**
 * Whether selectors take a request: by the labels of its namespace, and of the object as it was or is to be. Selectors that are
 * none fail closed, by StatusError 500.
 * Source: apiserver/pkg/admission/plugin/webhook/predicates/{namespace,object}/matcher.go.
 */
export function compileSelection(selectors: Selectors): Selects {
  try {
    return selection(selectors);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    const { message } = error;
    return () => Promise.reject(internalError(message));
  }
}

function selection({ namespaceSelector = {}, objectSelector = {} }: Selectors): Selects {
  const ofNamespace = labelSelectorRequirements(namespaceSelector) ?? [];
  const ofObject = labelSelectorRequirements(objectSelector) ?? [];

  function takesObject(object: KubeObject | undefined): boolean {
    return object !== undefined && matchesLabels(ofObject, object.metadata?.labels ?? undefined);
  }

  return async (attributes, findNamespace) => {
    const { object, oldObject } = attributes;
    if (ofObject.length > 0 && !takesObject(object) && !takesObject(oldObject)) return false;
    if (ofNamespace.length === 0 || isOfCluster(attributes)) return true;
    const { metadata } = namespaceWritten(attributes) ?? (await findNamespace());
    return matchesLabels(ofNamespace, metadata.labels ?? undefined);
  };
}

/** What is in no namespace is never left out by one. */
function isOfCluster({ type, namespace }: AdmissionAttributes): boolean {
  return namespace === '' && !isNamespaces(type);
}

/** Of a Namespace that is made or changed count the labels that it is to have. */
function namespaceWritten({ type, subresource, operation, object }: AdmissionAttributes) {
  if (!isNamespaces(type) || subresource !== '') return undefined;
  return operation === 'CREATE' || operation === 'UPDATE' ? object : undefined;
}
