import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

/** What deleting a kind means beyond the common rules. */
export interface Behaviour {
  /** Why the name may not be deleted; undefined when it may. */
  protectedFrom(name: string): string | undefined;
  /** The marked object on its way out. */
  markDeleted(object: KubeObject): KubeObject;
  /** Holds the object although metadata.finalizers is empty. */
  isHeld(object: KubeObject): boolean;
}

const plain: Behaviour = {
  protectedFrom: () => undefined,
  markDeleted: (object) => object,
  isHeld: () => false,
};

/** Source: plugin/pkg/admission/namespace/lifecycle. */
const immortalNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/** A namespace goes in two steps: Terminating until its content is gone, then without spec.finalizers. */
const namespaces: Behaviour = {
  protectedFrom: (name) => (immortalNamespaces.has(name) ? 'this namespace may not be deleted' : undefined),
  markDeleted: (object) => ({
    ...object,
    status: { ...asJsonObject(object['status']), phase: 'Terminating' },
  }),
  isHeld: (object) => asJsonArray(asJsonObject(object['spec'])['finalizers']).length > 0,
};

export function behaviourOf(type: ResourceType): Behaviour {
  return isNamespaces(type) ? namespaces : plain;
}

export function isNamespaces(type: ResourceType): boolean {
  return type.group === '' && type.resource === 'namespaces';
}
