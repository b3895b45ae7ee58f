import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { invalidFor } from './rules.ts';

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Source: Kubernetes pkg/apis/core/validation ValidateNamespace; staging/src/k8s.io/pod-security-admission/api. */
export function validateNamespace(namespace: KubeObject): FieldError[] {
  const finalizers = asJsonArray(asJsonObject(namespace['spec'])['finalizers']).map(String);
  return [
    ...finalizers.flatMap((finalizer) => [
      ...invalidFor(finalizer, 'spec.finalizers', labelKeyErrors),
      ...(finalizer.includes('/') || standardFinalizers.has(finalizer)
        ? []
        : [fieldError.invalid('spec.finalizers', finalizer, unqualified)]),
    ]),
    ...securityErrors(asJsonObject(namespace.metadata.labels)),
  ];
}

const unqualified = 'name is neither a standard finalizer name nor is it fully qualified';
const modes = ['enforce', 'audit', 'warn'];
const levels = ['privileged', 'baseline', 'restricted'];

/** What pods of the namespace may do, by its labels. */
function securityErrors(labels: Readonly<Record<string, unknown>>): FieldError[] {
  return modes.flatMap((mode) => {
    const key = `pod-security.kubernetes.io/${mode}`;
    const [level, version] = [labels[key], labels[`${key}-version`]];
    return [
      ...(level === undefined || levels.includes(String(level))
        ? []
        : [fieldError.invalid(`metadata.labels[${key}]`, level, `must be one of ${levels.join(', ')}`)]),
      ...(version === undefined || /^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(String(version))
        ? []
        : [fieldError.invalid(`metadata.labels[${key}-version]`, version, 'must be "latest" or "v1.x"')]),
    ];
  });
}
