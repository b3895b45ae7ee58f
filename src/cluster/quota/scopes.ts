import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

type Json = Record<string, unknown>;

export interface ScopeTerm {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface ScopedSpec {
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeTerm[] };
}

/** Whether a quota is about the object: all of its scopes must hold. Source: pkg/quota/v1/generic/evaluator.go Matches. */
export function isInScope(spec: ScopedSpec, type: ResourceType, object: KubeObject): boolean {
  const terms = [
    ...(spec.scopes ?? []).map((scopeName): ScopeTerm => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return terms.every((term) => holds(term, type, object));
}

function holds(term: ScopeTerm, { group, resource }: ResourceType, object: KubeObject): boolean {
  const spec = asJsonObject(object['spec']);
  if (group === '' && resource === 'persistentvolumeclaims') {
    return term.scopeName === 'VolumeAttributesClass' && matches(term, spec['volumeAttributesClassName']);
  }
  if (group !== '' || resource !== 'pods') return false;
  const isBestEffort = asJsonObject(object['status'])['qosClass'] === 'BestEffort';
  const isTerminating = Number(spec['activeDeadlineSeconds'] ?? -1) >= 0;
  switch (term.scopeName) {
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'PriorityClass':
      return matches(term, spec['priorityClassName']);
    case 'CrossNamespacePodAffinity':
      return looksBeyondNamespace(asJsonObject(spec['affinity']));
    default:
      return false;
  }
}

/** As a label selector takes a label. */
function matches({ operator, values = [] }: ScopeTerm, value: unknown): boolean {
  const name = typeof value === 'string' ? value : '';
  switch (operator) {
    case 'Exists':
      return name !== '';
    case 'DoesNotExist':
      return name === '';
    case 'In':
      return name !== '' && values.includes(name);
    case 'NotIn':
      return !values.includes(name);
    default:
      return false;
  }
}

/** Source: pkg/quota/v1/evaluator/core/pods.go usesCrossNamespacePodAffinity. */
function looksBeyondNamespace(affinity: Json): boolean {
  return ['podAffinity', 'podAntiAffinity'].some((kind) => {
    const rules = asJsonObject(affinity[kind]);
    const required = asJsonArray(rules['requiredDuringSchedulingIgnoredDuringExecution']).map(asJsonObject);
    const preferred = asJsonArray(rules['preferredDuringSchedulingIgnoredDuringExecution']).map((each) =>
      asJsonObject(asJsonObject(each)['podAffinityTerm']),
    );
    return [...required, ...preferred].some(
      (term) => asJsonArray(term['namespaces']).length > 0 || term['namespaceSelector'] !== undefined,
    );
  });
}
