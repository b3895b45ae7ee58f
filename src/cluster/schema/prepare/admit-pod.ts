import type { KubeObject } from '../../resources/index.ts';
import { ensureObject, type Json, objectsIn, setDefault } from '../defaults/set-default.ts';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What those default admission plugins add to a new pod that need to know nothing else: DefaultTolerationSeconds and ServiceAccount.
 * `suffix` makes the token volume's name. Source: plugin/pkg/admission.
 */
export function admitPod(pod: KubeObject, suffix: string): void {
  const spec = ensureObject(pod, 'spec');
  setDefault(spec, 'serviceAccountName', 'default');
  spec['serviceAccount'] = spec['serviceAccountName'];
  if (spec['automountServiceAccountToken'] !== false) mountToken(spec, `kube-api-access-${suffix}`);
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) tolerate(spec, key);
}

function tolerate(spec: Json, key: string): void {
  const tolerations = objectsIn(spec, 'tolerations');
  const isTolerated = tolerations.some(
    (each) =>
      (each['key'] === key || (each['key'] ?? '') === '') &&
      ['NoExecute', '', undefined].includes(each['effect'] as string),
  );
  if (isTolerated) return;
  spec['tolerations'] = [
    ...tolerations,
    { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ];
}

/** A volume of an earlier look is used again: webhooks may have added containers since. */
function mountToken(spec: Json, newName: string): void {
  const containers = [...objectsIn(spec, 'containers'), ...objectsIn(spec, 'initContainers')];
  const without = containers.filter(
    (container) => !objectsIn(container, 'volumeMounts').some((mount) => mount['mountPath'] === tokenPath),
  );
  if (without.length === 0) return;
  const known = objectsIn(spec, 'volumes').find(({ name }) => String(name).startsWith('kube-api-access-'));
  const volumeName = known === undefined ? newName : String(known['name']);
  for (const container of without) {
    const mount = { name: volumeName, readOnly: true, mountPath: tokenPath };
    container['volumeMounts'] = [...objectsIn(container, 'volumeMounts'), mount];
  }
  if (known !== undefined) return;
  spec['volumes'] = [...objectsIn(spec, 'volumes'), { name: volumeName, projected: tokenProjection() }];
}

function tokenProjection(): Json {
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [namespace] } },
    ],
    defaultMode: 420,
  };
}
