import type { KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject, containerResources, type ResourceList } from '../schema/index.ts';
import { type LimitRange, limitsOf } from './limit-ranges.ts';

type Json = Record<string, unknown>;

const annotation = 'kubernetes.io/limit-ranger';

/**
 * A new pod whose containers ask for what the limit ranges have for those that do not say it; an annotation tells what was
 * set. Source: Kubernetes plugin/pkg/admission/limitranger mergePodResourceRequirements.
 */
export function withLimitRangeDefaults(pod: KubeObject, ranges: readonly LimitRange[]): KubeObject {
  return ranges.reduce(withDefaultsOf, pod);
}

function withDefaultsOf(pod: KubeObject, range: LimitRange): KubeObject {
  const defaults = limitsOf(range, 'Container').reduce(
    (all, { default: limits, defaultRequest }) => ({
      limits: { ...all.limits, ...limits },
      requests: { ...all.requests, ...defaultRequest },
    }),
    { limits: {}, requests: {} },
  );
  const spec = asJsonObject(pod['spec']);
  const told: string[] = [];
  const filled = (field: string, kind: string) =>
    asJsonArray(spec[field]).map((each) => {
      const container = asJsonObject(each);
      const own = {
        requests: containerResources(container, 'requests'),
        limits: containerResources(container, 'limits'),
      };
      const next = {
        requests: { ...defaults.requests, ...own.requests },
        limits: { ...defaults.limits, ...own.limits },
      };
      told.push(...toldOf('request', own.requests, defaults.requests, `${kind} ${container['name']}`));
      told.push(...toldOf('limit', own.limits, defaults.limits, `${kind} ${container['name']}`));
      return { ...container, resources: { ...asJsonObject(container['resources']), ...withoutEmpty(next) } };
    });
  const containers = filled('containers', 'container');
  const initContainers = filled('initContainers', 'init container');
  if (told.length === 0) return pod;
  const annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${told.join('; ')}`,
  };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...spec, containers, ...(spec['initContainers'] !== undefined && { initContainers }) },
  };
}

function toldOf(what: string, own: ResourceList, defaults: ResourceList, whose: string): readonly string[] {
  const set = Object.keys(defaults).filter((name) => own[name] === undefined);
  return set.length === 0 ? [] : [`${set.toSorted().join(', ')} ${what} for ${whose}`];
}

function withoutEmpty(sides: Readonly<Record<string, ResourceList>>): Json {
  return Object.fromEntries(Object.entries(sides).filter(([, list]) => Object.keys(list).length > 0));
}
