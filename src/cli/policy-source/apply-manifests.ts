import { keyOf, type SourcedObject } from './policy-source.ts';

const BOOTSTRAPPING = 'kubernetes.io/bootstrapping';

export interface ApplyOptions {
  /** Whether what the new objects do not name goes away; Kubernetes' own objects stay, and a gateway's manifests. */
  readonly prune: boolean;
  /** Where the new objects go: an object of the same name is replaced there, and among the defaults. */
  readonly source: string;
}

/** The policy as it would be after `kubectl apply -f`. */
export function applyManifests(
  current: readonly SourcedObject[],
  added: readonly SourcedObject[],
  { prune, source }: ApplyOptions,
): SourcedObject[] {
  const replaced = new Set(added.map(({ object }) => keyOf(object)));
  const kept = current.filter(
    (old) =>
      !(replaced.has(keyOf(old.object)) && (old.source === source || old.source === 'defaults')) &&
      (!prune || old.source === 'gateway' || isKubernetesOwn(old)),
  );
  return [...kept, ...added.map((item) => ({ ...item, source }))];
}

function isKubernetesOwn({ object, source }: SourcedObject): boolean {
  return source === 'defaults' || object.metadata.labels?.[BOOTSTRAPPING] === 'rbac-defaults';
}
