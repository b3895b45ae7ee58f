import { asJsonObject, isJsonObject } from '../json-object.ts';
import { defaultPodSpec } from './pod-spec-defaults.ts';
import { ensureObject, type Json, objectsIn, setDefault } from './set-default.ts';

/** The annotation that counts the templates that a daemon set has had. Source: k8s.io/api/apps/v1 DeprecatedTemplateGeneration. */
export const templateGeneration = 'deprecated.daemonset.template.generation';

/** Source: Kubernetes pkg/apis/apps/v1/defaults.go. */
export function defaultDeployment(deployment: Json): void {
  const spec = ensureObject(deployment, 'spec');
  defaultTemplate(spec);
  setDefault(spec, 'replicas', 1);
  const strategy = ensureObject(spec, 'strategy');
  setDefault(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate') {
    const rollingUpdate = ensureObject(strategy, 'rollingUpdate');
    setDefault(rollingUpdate, 'maxUnavailable', '25%');
    setDefault(rollingUpdate, 'maxSurge', '25%');
  }
  setDefault(spec, 'revisionHistoryLimit', 10);
  setDefault(spec, 'progressDeadlineSeconds', 600);
}

export function defaultReplicaSet(replicaSet: Json): void {
  const spec = ensureObject(replicaSet, 'spec');
  defaultTemplate(spec);
  setDefault(spec, 'replicas', 1);
}

export function defaultStatefulSet(statefulSet: Json): void {
  const spec = ensureObject(statefulSet, 'spec');
  defaultTemplate(spec);
  setDefault(spec, 'podManagementPolicy', 'OrderedReady');
  const updateStrategy = ensureObject(spec, 'updateStrategy');
  // Who names the way says all of it.
  if (updateStrategy['type'] === undefined) ensureObject(updateStrategy, 'rollingUpdate');
  setDefault(updateStrategy, 'type', 'RollingUpdate');
  if (updateStrategy['type'] === 'RollingUpdate' && isJsonObject(updateStrategy['rollingUpdate']))
    setDefault(updateStrategy['rollingUpdate'], 'partition', 0);
  const retention = ensureObject(spec, 'persistentVolumeClaimRetentionPolicy');
  setDefault(retention, 'whenDeleted', 'Retain');
  setDefault(retention, 'whenScaled', 'Retain');
  setDefault(spec, 'replicas', 1);
  setDefault(spec, 'revisionHistoryLimit', 10);
  for (const claim of objectsIn(spec, 'volumeClaimTemplates')) {
    setDefault(claim, 'apiVersion', 'v1');
    setDefault(claim, 'kind', 'PersistentVolumeClaim');
    setDefault(ensureObject(claim, 'spec'), 'volumeMode', 'Filesystem');
    setDefault(ensureObject(claim, 'status'), 'phase', 'Pending');
  }
}

export function defaultDaemonSet(daemonSet: Json): void {
  // Inside, it is a number of the spec, and is always there.
  setDefault(ensureObject(ensureObject(daemonSet, 'metadata'), 'annotations'), templateGeneration, '0');
  const spec = ensureObject(daemonSet, 'spec');
  defaultTemplate(spec);
  const updateStrategy = ensureObject(spec, 'updateStrategy');
  setDefault(updateStrategy, 'type', 'RollingUpdate');
  if (updateStrategy['type'] === 'RollingUpdate') {
    const rollingUpdate = ensureObject(updateStrategy, 'rollingUpdate');
    setDefault(rollingUpdate, 'maxUnavailable', 1);
    setDefault(rollingUpdate, 'maxSurge', 0);
  }
  setDefault(spec, 'revisionHistoryLimit', 10);
}

/** Selector and labels come from the template. Source: pkg/apis/core/v1/defaults.go. */
export function defaultReplicationController(controller: Json): void {
  const spec = ensureObject(controller, 'spec');
  const metadata = ensureObject(controller, 'metadata');
  const labels = templateLabels(spec);
  if (isJsonObject(spec['template'])) defaultTemplate(spec);
  setDefault(spec, 'replicas', 1);
  if (labels === undefined) return;
  setDefault(spec, 'selector', { ...labels });
  setDefault(metadata, 'labels', { ...labels });
}

/** Source: pkg/apis/batch/v1/defaults.go. */
export function defaultJob(job: Json): void {
  const spec = ensureObject(job, 'spec');
  if (spec['completions'] === undefined && spec['parallelism'] === undefined) spec['completions'] = 1;
  setDefault(spec, 'parallelism', 1);
  const indexed = spec['backoffLimitPerIndex'] !== undefined;
  setDefault(spec, 'backoffLimit', indexed ? 2 ** 31 - 1 : 6);
  setDefault(spec, 'manualSelector', false);
  defaultTemplate(spec);
  setDefault(spec, 'completionMode', 'NonIndexed');
  setDefault(spec, 'suspend', false);
  setDefault(
    spec,
    'podReplacementPolicy',
    spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  );
  for (const rule of objectsIn(asJsonObject(spec['podFailurePolicy']), 'rules'))
    for (const pattern of objectsIn(rule, 'onPodConditions')) setDefault(pattern, 'status', 'True');
  const labels = templateLabels(spec);
  if (labels !== undefined) setDefault(ensureObject(job, 'metadata'), 'labels', { ...labels });
}

/** The job template gets the pod's defaults, but the job's own only when it becomes a Job. */
export function defaultCronJob(cronJob: Json): void {
  const spec = ensureObject(cronJob, 'spec');
  setDefault(spec, 'concurrencyPolicy', 'Allow');
  setDefault(spec, 'suspend', false);
  defaultTemplate(ensureObject(ensureObject(spec, 'jobTemplate'), 'spec'));
  setDefault(spec, 'successfulJobsHistoryLimit', 3);
  setDefault(spec, 'failedJobsHistoryLimit', 1);
}

/** The stored template is one itself. */
export function defaultPodTemplate(podTemplate: Json): void {
  defaultTemplate(podTemplate);
}

function defaultTemplate(spec: Json): void {
  const template = ensureObject(spec, 'template');
  ensureObject(template, 'metadata');
  defaultPodSpec(ensureObject(template, 'spec'));
}

function templateLabels(spec: Json): Json | undefined {
  const template = spec['template'];
  const metadata = isJsonObject(template) ? template['metadata'] : undefined;
  const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
  return isJsonObject(labels) ? labels : undefined;
}
