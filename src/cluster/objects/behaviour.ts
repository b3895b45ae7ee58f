import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

/** What deleting a kind means beyond the common rules. */
export interface Behaviour {
  /** The finalizers of an object that is deleted for the first time, beside those that it has. */
  readonly finalizers: readonly string[];
  /** Why the name may not be deleted; undefined when it may. */
  protectedFrom(name: string): string | undefined;
  /** How long it may take to end, in whole seconds. @param asked by the client, if it did */
  gracePeriodSeconds(object: KubeObject, asked: number | undefined): number;
  /** The marked object on its way out. */
  markDeleted(object: KubeObject): KubeObject;
  /** Holds the object although metadata.finalizers is empty. */
  isHeld(object: KubeObject): boolean;
}

const plain: Behaviour = {
  finalizers: [],
  protectedFrom: () => undefined,
  gracePeriodSeconds: () => 0,
  markDeleted: (object) => object,
  isHeld: () => false,
};

/** Source: plugin/pkg/admission/namespace/lifecycle. */
const immortalNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/** A namespace goes in two steps: Terminating until its content is gone, then without spec.finalizers. */
const namespaces: Behaviour = {
  ...plain,
  protectedFrom: (name) => (immortalNamespaces.has(name) ? 'this namespace may not be deleted' : undefined),
  markDeleted: (object) => ({
    ...object,
    status: { ...asJsonObject(object['status']), phase: 'Terminating' },
  }),
  isHeld: (object) => asJsonArray(asJsonObject(object['spec'])['finalizers']).length > 0,
};

/** A pod that has a node waits for its kubelet, which ends the processes. Source: pkg/registry/core/pod/strategy.go. */
const pods: Behaviour = {
  ...plain,
  gracePeriodSeconds(object, asked) {
    const spec = asJsonObject(object['spec']);
    const phase = asJsonObject(object['status'])['phase'];
    if ((spec['nodeName'] ?? '') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
    const seconds = asked ?? Number(spec['terminationGracePeriodSeconds'] ?? 30);
    // A moment that can be written down.
    return seconds < 0 ? 1 : Math.min(Math.trunc(seconds), 2 ** 31);
  },
  isHeld: ({ metadata }) => (metadata.deletionGracePeriodSeconds ?? 0) > 0,
};

/** What holds a definition until its objects are gone. */
export const definitionFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** Source: apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go Delete. */
const definitions: Behaviour = {
  ...plain,
  finalizers: [definitionFinalizer],
  markDeleted(object) {
    const status = asJsonObject(object['status']);
    const conditions = asJsonArray(status['conditions']);
    if (conditions.some((each) => asJsonObject(each)['type'] === 'Terminating')) return object;
    const terminating = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: object.metadata.deletionTimestamp,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    return { ...object, status: { ...status, conditions: [...conditions, terminating] } };
  },
};

const systemPriorities = new Set(['system-cluster-critical', 'system-node-critical']);

/** Source: pkg/registry/scheduling/priorityclass/storage Delete. */
const priorities: Behaviour = {
  ...plain,
  protectedFrom: (name) =>
    systemPriorities.has(name) ? 'this is a system priority class and cannot be deleted' : undefined,
};

export function behaviourOf(type: ResourceType): Behaviour {
  if (type.group === 'scheduling.k8s.io' && type.resource === 'priorityclasses') return priorities;
  if (isNamespaces(type)) return namespaces;
  if (isDefinitions(type)) return definitions;
  return type.group === '' && type.resource === 'pods' ? pods : plain;
}

export function isDefinitions({ group, resource }: ResourceType): boolean {
  return group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions';
}

export function isNamespaces(type: ResourceType): boolean {
  return type.group === '' && type.resource === 'namespaces';
}
