import { imageTag } from '../image-tag.ts';
import { asText, isJsonObject } from '../json-object.ts';
import { ensureObject, type Json, objectsIn, setDefault } from './set-default.ts';
import { defaultVolume } from './volume-defaults.ts';

/** Source: Kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_PodSpec and what the generated code calls for it. */
export function defaultPodSpec(spec: Json): void {
  setDefault(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  setDefault(spec, 'dnsPolicy', 'ClusterFirst');
  ensureObject(spec, 'securityContext');
  setDefault(spec, 'schedulerName', 'default-scheduler');
  for (const volume of objectsIn(spec, 'volumes')) defaultVolume(volume);
  for (const container of allContainers(spec)) defaultContainer(container);
  if (spec['hostNetwork'] === true) defaultHostPorts(spec);
  mirrorServiceAccount(spec);
}

/** Containers of all three lists. */
export function allContainers(spec: Json): readonly Json[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) => objectsIn(spec, field));
}

function defaultContainer(container: Json): void {
  ensureObject(container, 'resources');
  setDefault(container, 'terminationMessagePath', '/dev/termination-log');
  setDefault(container, 'terminationMessagePolicy', 'File');
  setDefault(container, 'imagePullPolicy', pullPolicy(asText(container['image']) ?? ''));
  for (const port of objectsIn(container, 'ports')) setDefault(port, 'protocol', 'TCP');
  for (const variable of objectsIn(container, 'env')) defaultFieldRef(variable['valueFrom']);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
  const lifecycle = container['lifecycle'];
  if (!isJsonObject(lifecycle)) return;
  for (const hook of ['postStart', 'preStop']) defaultHandler(lifecycle[hook]);
}

function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultFieldRef(source: unknown): void {
  if (isJsonObject(source) && isJsonObject(source['fieldRef']))
    setDefault(source['fieldRef'], 'apiVersion', 'v1');
}

function defaultProbe(probe: unknown): void {
  if (!isJsonObject(probe)) return;
  defaultHandler(probe);
  for (const [field, value] of probeDefaults)
    if (probe[field] === undefined || probe[field] === 0) probe[field] = value;
}

const probeDefaults = [
  ['timeoutSeconds', 1],
  ['periodSeconds', 10],
  ['successThreshold', 1],
  ['failureThreshold', 3],
] as const;

function defaultHandler(handler: unknown): void {
  if (!isJsonObject(handler)) return;
  if (isJsonObject(handler['httpGet'])) {
    setDefault(handler['httpGet'], 'path', '/');
    setDefault(handler['httpGet'], 'scheme', 'HTTP');
  }
  if (isJsonObject(handler['grpc'])) setDefault(handler['grpc'], 'service', '');
}

function defaultHostPorts(spec: Json): void {
  for (const container of allContainers(spec)) {
    for (const port of objectsIn(container, 'ports')) {
      if (port['hostPort'] === undefined || port['hostPort'] === 0) port['hostPort'] = port['containerPort'];
    }
  }
}

/** The deprecated field serviceAccount always shows the same name. Source: pkg/apis/core/v1/conversion.go. */
function mirrorServiceAccount(spec: Json): void {
  const name = asText(spec['serviceAccountName']) ?? asText(spec['serviceAccount']);
  if (name === undefined) return;
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
}
