import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { ensureObject, type Json } from '../defaults/set-default.ts';
import { templateGeneration } from '../defaults/workload-defaults.ts';
import { asJsonArray } from '../json-object.ts';
import { admitPod } from './admit-pod.ts';
import type { Allocators } from './allocators.ts';
import { normalizeDataSources } from './data-sources.ts';
import { initialStatus } from './initial-status.ts';
import { allocateServiceFields } from './service-fields.ts';

const preparers: ReadonlyMap<string, (object: KubeObject, allocators: Allocators) => void> = new Map([
  ['/Pod', (pod: KubeObject, allocators: Allocators) => admitPod(pod, allocators.randomSuffix())],
  [
    '/Service',
    (service: KubeObject, allocators: Allocators) => allocateServiceFields(service, undefined, allocators),
  ],
  ['/Namespace', prepareNamespace],
  ['/Node', prepareNode],
  ['/PersistentVolumeClaim', prepareClaim],
  ['/PersistentVolume', protectedBy('kubernetes.io/pv-protection')],
  ['storage.k8s.io/VolumeAttributesClass', protectedBy('kubernetes.io/vac-protection')],
  ['batch/Job', prepareJob],
  ['apps/DaemonSet', prepareDaemonSet],
]);

/**
 * What Kubernetes' create strategies and default admission plugins add to a new object: the first status (a client's
 * is ignored), a pod's service account and tolerations, a service's IP, a job's selector, protection finalizers.
 * Call it after applyDefaults, with metadata.name and metadata.uid set, and before validateObject. Returns a copy.
 */
export function prepareForCreate(type: ResourceType, object: KubeObject, allocators: Allocators): KubeObject {
  const prepared = structuredClone(object);
  preparers.get(`${type.group}/${type.kind}`)?.(prepared, allocators);
  const status = initialStatus(type, prepared);
  if (status !== undefined) prepared['status'] = status;
  else if (type.hasStatus) delete prepared['status'];
  return prepared;
}

/**
 * What of that the default admission plugins add, who come before webhooks: a copy of a new pod with its service account and
 * tolerations. Twice the same as once.
 */
export function admitNew(type: ResourceType, object: KubeObject, allocators: Allocators): KubeObject {
  if (type.group !== '' || type.kind !== 'Pod') return object;
  const admitted = structuredClone(object);
  admitPod(admitted, allocators.randomSuffix());
  return admitted;
}

function prepareNamespace(namespace: KubeObject): void {
  const spec = ensureObject(namespace, 'spec');
  const finalizers = asJsonArray(spec['finalizers']);
  if (!finalizers.includes('kubernetes')) spec['finalizers'] = [...finalizers, 'kubernetes'];
}

/** Source: pkg/registry/apps/daemonset/strategy.go PrepareForCreate. */
function prepareDaemonSet({ metadata }: KubeObject): void {
  const given = Number(metadata.annotations?.[templateGeneration]) || 0;
  metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(Math.max(given, 1)) };
}

/** Nothing is scheduled on a node before its kubelet says that it is ready. */
function prepareNode(node: KubeObject): void {
  const spec = ensureObject(node, 'spec');
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const taints = asJsonArray(spec['taints']) as readonly Json[];
  if (!taints.some((each) => each['key'] === taint.key && each['effect'] === taint.effect)) {
    spec['taints'] = [...taints, taint];
  }
}

function prepareClaim(claim: KubeObject): void {
  protectedBy('kubernetes.io/pvc-protection')(claim);
  normalizeDataSources(ensureObject(claim, 'spec'));
}

/** Nobody uses it while it goes. Source: plugin/pkg/admission/storage/storageobjectinuseprotection. */
function protectedBy(finalizer: string): (object: KubeObject) => void {
  return ({ metadata }) => {
    const finalizers = metadata.finalizers ?? [];
    if (!finalizers.includes(finalizer)) metadata.finalizers = [...finalizers, finalizer];
  };
}

/** A job finds its pods by its own uid, unless the author manages the selector. Source: pkg/registry/batch/job. */
function prepareJob(job: KubeObject): void {
  const spec = ensureObject(job, 'spec');
  const { uid, name } = job.metadata;
  if (spec['manualSelector'] === true || uid === undefined || name === undefined) return;
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = ensureObject(ensureObject(spec, 'template'), 'metadata');
  const labels = { ...own, ...ensureObject(template, 'labels') };
  template['labels'] = labels;
  spec['selector'] ??= { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  job.metadata.labels ??= labels;
}
