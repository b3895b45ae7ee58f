import type { KubeObject } from '../../resources/index.ts';
import { jobs } from '../kinds.ts';
import { podOfTemplate } from '../pods/pod-of-template.ts';
import type { Job } from '../shapes.ts';
import { type Counts, indexAnnotation, indexOf } from './job-progress.ts';

interface Container {
  readonly env?: readonly { readonly name: string }[];
}

/** The next pods of a job; of an indexed one, those of the lowest indexes that are neither done nor under way. */
export function newPods(job: Job, counts: Counts, count: number): readonly KubeObject[] {
  const { name = '' } = job.metadata;
  if (job.spec.completionMode !== 'Indexed') {
    return Array.from({ length: count }, () =>
      podOfTemplate(job.spec.template, { kind: jobs, object: job }, { generateName: `${name}-` }),
    );
  }
  const taken = new Set([...counts.active, ...counts.succeeded].map(indexOf));
  const free = Array.from({ length: job.spec.completions ?? 0 }, (_, index) => index);
  return free
    .filter((index) => !taken.has(index))
    .slice(0, count)
    .map((index) => indexedPod(job, index));
}

/** Source: pkg/controller/job/indexed_job_utils.go. */
function indexedPod(job: Job, index: number): KubeObject {
  const { name = '' } = job.metadata;
  const pod = podOfTemplate(
    job.spec.template,
    { kind: jobs, object: job },
    { generateName: `${name}-${index}-` },
  );
  const value = String(index);
  const valueFrom = {
    fieldRef: { apiVersion: 'v1', fieldPath: `metadata.annotations['${indexAnnotation}']` },
  };
  const withIndex = (container: Container) => ({
    ...container,
    env: [
      ...(container.env ?? []).filter((each) => each.name !== indexVariable),
      { name: indexVariable, valueFrom },
    ],
  });
  const containers = (pod.spec['containers'] as readonly Container[]).map(withIndex);
  const initContainers = (pod.spec['initContainers'] as readonly Container[] | undefined)?.map(withIndex);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, [indexAnnotation]: value },
      annotations: { ...pod.metadata.annotations, [indexAnnotation]: value },
    },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      containers,
      ...(initContainers === undefined ? {} : { initContainers }),
    },
  };
}

const indexVariable = 'JOB_COMPLETION_INDEX';
