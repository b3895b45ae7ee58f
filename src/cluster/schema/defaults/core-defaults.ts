import { Buffer } from 'node:buffer';
import { isJsonObject } from '../json-object.ts';
import { isReachable } from '../service-type.ts';
import { allContainers, defaultPodSpec } from './pod-spec-defaults.ts';
import { ensureObject, type Json, objectsIn, setAbsent, setDefault } from './set-default.ts';

/** Source: Kubernetes pkg/apis/core/v1/defaults.go. */
export function defaultPod(pod: Json): void {
  const spec = ensureObject(pod, 'spec');
  defaultPodSpec(spec);
  setDefault(spec, 'enableServiceLinks', true);
  // Of pods only; templates keep what they say. Source: pkg/apis/core/v1/conversion.go.
  if (Number(spec['terminationGracePeriodSeconds']) < 0) spec['terminationGracePeriodSeconds'] = 1;
  for (const container of allContainers(spec)) defaultRequests(container);
}

/** A limit without a request is also the request; only in pods, not in templates. */
function defaultRequests(container: Json): void {
  const resources = ensureObject(container, 'resources');
  const limits = resources['limits'];
  if (!isJsonObject(limits)) return;
  const requests = isJsonObject(resources['requests']) ? resources['requests'] : {};
  resources['requests'] = { ...limits, ...requests };
}

export function defaultService(service: Json): void {
  const spec = ensureObject(service, 'spec');
  setDefault(spec, 'sessionAffinity', 'None');
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  if (spec['sessionAffinity'] === 'ClientIP') {
    setDefault(
      ensureObject(ensureObject(spec, 'sessionAffinityConfig'), 'clientIP'),
      'timeoutSeconds',
      10800,
    );
  }
  setDefault(spec, 'type', 'ClusterIP');
  for (const port of objectsIn(spec, 'ports')) {
    setDefault(port, 'protocol', 'TCP');
    if (port['targetPort'] === 0) delete port['targetPort'];
    setDefault(port, 'targetPort', port['port']);
  }
  if (spec['type'] === 'ExternalName') return;
  setAbsent(spec, 'internalTrafficPolicy', 'Cluster');
  if (isReachable(spec)) setDefault(spec, 'externalTrafficPolicy', 'Cluster');
  if (spec['type'] === 'LoadBalancer') setDefault(spec, 'allocateLoadBalancerNodePorts', true);
}

/** stringData is write-only: it is folded into data. Source: pkg/apis/core/v1/conversion.go. */
export function defaultSecret(secret: Json): void {
  const stringData = secret['stringData'];
  if (isJsonObject(stringData)) {
    const encoded = Object.entries(stringData).map(([key, value]) => [
      key,
      Buffer.from(String(value)).toString('base64'),
    ]);
    secret['data'] = { ...ensureObject(secret, 'data'), ...Object.fromEntries(encoded) };
  }
  delete secret['stringData'];
  setDefault(secret, 'type', 'Opaque');
}

export function defaultNamespace(namespace: Json): void {
  const metadata = ensureObject(namespace, 'metadata');
  if (typeof metadata['name'] !== 'string' || metadata['name'] === '') return;
  // Selectors by namespace name rely on this label, so nobody may set it otherwise.
  ensureObject(metadata, 'labels')['kubernetes.io/metadata.name'] = metadata['name'];
}

export function defaultPersistentVolumeClaim(claim: Json): void {
  setAbsent(ensureObject(claim, 'spec'), 'volumeMode', 'Filesystem');
}

export function defaultEndpoints(endpoints: Json): void {
  for (const subset of objectsIn(endpoints, 'subsets')) {
    for (const port of objectsIn(subset, 'ports')) setDefault(port, 'protocol', 'TCP');
  }
}

/** A container's default limit is the maximum, its default request the default limit or the minimum. */
export function defaultLimitRange(limitRange: Json): void {
  for (const item of objectsIn(ensureObject(limitRange, 'spec'), 'limits')) {
    if (item['type'] !== 'Container') continue;
    const limits = mergeMaps(item['max'], item['default']);
    if (limits !== undefined) item['default'] = limits;
    const requests = mergeMaps(mergeMaps(item['min'], limits), item['defaultRequest']);
    if (requests !== undefined) item['defaultRequest'] = requests;
  }
}

function mergeMaps(under: unknown, over: unknown): Json | undefined {
  if (!isJsonObject(under) && !isJsonObject(over)) return undefined;
  return { ...(isJsonObject(under) && under), ...(isJsonObject(over) && over) };
}
