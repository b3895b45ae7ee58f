import type { FieldError } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import {
  applyDefaults,
  asJsonArray,
  asJsonObject,
  decodeStatus,
  validateApproval,
  validateEphemeralContainers,
  validateResize,
  validateStatus,
} from '../schema/index.ts';

/** Which part of an object a path writes: the main path all but the status, a subresource only its own. */
export type Part = 'main' | SubresourcePart;
export type SubresourcePart = 'status' | 'finalize' | 'approval' | 'ephemeralcontainers' | 'resize';

interface PartRules {
  /** The old object with this part as wanted. */
  write(type: ResourceType, wanted: KubeObject, old: KubeObject): KubeObject;
  /** What the common validation compares with, when it would otherwise forbid what this path is for. */
  comparedWith(next: KubeObject, old: KubeObject): KubeObject;
  /** What is wrong with it besides. */
  errors(type: ResourceType, next: KubeObject, old: KubeObject): FieldError[];
}

const plain = { comparedWith: (_: KubeObject, old: KubeObject) => old, errors: () => [] };

export const subresourceParts: Readonly<Record<SubresourcePart, PartRules>> = {
  status: {
    ...plain,
    write: (type, wanted, old) =>
      withMember(annotated(type, wanted, old), 'status', decodeStatus(type, wanted['status'])),
    errors: (type, next, old) => [
      ...validateStatus(type, next),
      ...(isSigningRequest(type) ? validateApproval(next, old, false) : []),
    ],
  },
  finalize: {
    ...plain,
    write(_, wanted, old) {
      const finalizers = asJsonObject(wanted['spec'])['finalizers'] ?? [];
      return withMember(old, 'spec', { ...asJsonObject(old['spec']), finalizers });
    },
  },
  approval: {
    ...plain,
    write(type, wanted, old) {
      const { conditions } = asJsonObject(wanted['status']);
      return withMember(old, 'status', decodeStatus(type, { ...asJsonObject(old['status']), conditions }));
    },
    errors: (_, next, old) => validateApproval(next, old, true),
  },
  ephemeralcontainers: {
    write: (type, wanted, old) => applyDefaults(type, withEphemeralContainers(wanted, old)),
    comparedWith: withEphemeralContainers,
    errors: (_, next, old) => validateEphemeralContainers(next, old),
  },
  resize: {
    write: (type, wanted, old) => applyDefaults(type, withResources(wanted, old)),
    comparedWith: (next, old) => withMember(old, 'spec', next['spec']),
    errors: (_, next, old) => validateResize(next, old),
  },
};

/**
 * With a status go its object's annotations and labels; not a deployment's labels, and nothing of what a definition describes.
 * Source: pkg/registry/apps/deployment/strategy.go, apiextensions-apiserver/pkg/registry/customresource/status_strategy.go.
 */
function annotated(type: ResourceType, wanted: KubeObject, old: KubeObject): KubeObject {
  if (type.custom !== undefined) return old;
  const fields = isDeployment(type) ? (['annotations'] as const) : (['labels', 'annotations'] as const);
  const metadata = { ...old.metadata };
  for (const field of fields) {
    const value = wanted.metadata[field];
    if (value == null) delete metadata[field];
    else metadata[field] = value;
  }
  return { ...old, metadata };
}

function isDeployment({ group, resource }: ResourceType): boolean {
  return group === 'apps' && resource === 'deployments';
}

function isSigningRequest({ group, kind }: ResourceType): boolean {
  return group === 'certificates.k8s.io' && kind === 'CertificateSigningRequest';
}

function withEphemeralContainers(from: KubeObject, to: KubeObject): KubeObject {
  const { ephemeralContainers } = asJsonObject(from['spec']);
  const spec = { ...asJsonObject(to['spec']), ephemeralContainers };
  if (ephemeralContainers === undefined) delete spec.ephemeralContainers;
  return withMember(to, 'spec', spec);
}

/** Containers' resources, and what a change of them means to their programs; by name, whatever else was sent. */
function withResources(from: KubeObject, to: KubeObject): KubeObject {
  const [wanted, old] = [asJsonObject(from['spec']), asJsonObject(to['spec'])];
  const listed = (list: string) => {
    if (old[list] === undefined) return {};
    const sent = new Map(
      asJsonArray(wanted[list]).map((each) => [asJsonObject(each)['name'], asJsonObject(each)]),
    );
    const containers = asJsonArray(old[list]).map((each) => {
      const { resources, resizePolicy, ...rest } = asJsonObject(each);
      const found = sent.get(rest['name']) ?? { resources, resizePolicy };
      const kept = { resources: found['resources'], resizePolicy: found['resizePolicy'] };
      return { ...rest, ...(JSON.parse(JSON.stringify(kept)) as object) };
    });
    return { [list]: containers };
  };
  return withMember(to, 'spec', { ...old, ...listed('containers'), ...listed('initContainers') });
}

function withMember(object: KubeObject, member: string, value: unknown): KubeObject {
  const next: KubeObject = { ...object, metadata: { ...object.metadata } };
  if (value === undefined) delete next[member];
  else next[member] = value;
  return next;
}
