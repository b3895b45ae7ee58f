import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { ensureObject } from '../defaults/set-default.ts';
import { templateGeneration } from '../defaults/workload-defaults.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import type { Allocators } from './allocators.ts';
import { normalizeDataSources } from './data-sources.ts';
import { storedVersions } from './initial-status.ts';
import { allocateServiceFields } from './service-fields.ts';

/**
 * What an update keeps although the client left it out: a service's allocated addresses, a namespace's finalizers
 * (only `/finalize` writes them), a definition's versions that objects were kept in. `status` is the caller's. Call it after applyDefaults and before validateObject.
 */
export function prepareForUpdate(
  type: ResourceType,
  object: KubeObject,
  oldObject: KubeObject,
  allocators: Allocators,
): KubeObject {
  // What was approved must be what is signed.
  if (type.group === 'certificates.k8s.io') return { ...object, spec: oldObject['spec'] };
  if (type.group === 'apiextensions.k8s.io') return rememberStorage(object, oldObject);
  const prepare = preparers.get(`${type.group}/${type.kind}`);
  if (prepare === undefined) return object;
  const prepared = structuredClone(object);
  prepare(prepared, oldObject, allocators);
  return prepared;
}

type Preparer = (object: KubeObject, oldObject: KubeObject, allocators: Allocators) => void;

const preparers: ReadonlyMap<string, Preparer> = new Map<string, Preparer>([
  ['/Service', allocateServiceFields],
  ['/Namespace', keepFinalizers],
  [
    '/PersistentVolumeClaim',
    (claim, old) => normalizeDataSources(ensureObject(claim, 'spec'), asJsonObject(old['spec'])),
  ],
  ['apps/DaemonSet', countTemplates],
]);

/** Nobody but the server counts. Source: pkg/registry/apps/daemonset/strategy.go PrepareForUpdate. */
function countTemplates(daemonSet: KubeObject, old: KubeObject): void {
  const [template, before] = [daemonSet, old].map((each) => asJsonObject(each['spec'])['template']);
  const generation = Number(old.metadata.annotations?.[templateGeneration] ?? 0);
  const next = isDeepStrictEqual(template, before) ? generation : generation + 1;
  daemonSet.metadata.annotations = { ...daemonSet.metadata.annotations, [templateGeneration]: String(next) };
}

/** A version that objects have been kept in stays noted, whatever keeps them now. */
function rememberStorage(definition: KubeObject, oldDefinition: KubeObject): KubeObject {
  const status = asJsonObject(oldDefinition['status']);
  const before = asJsonArray(status['storedVersions']);
  const after = storedVersions(definition, before);
  return after === before ? definition : { ...definition, status: { ...status, storedVersions: after } };
}

function keepFinalizers(namespace: KubeObject, oldNamespace: KubeObject): void {
  const finalizers = asJsonObject(oldNamespace['spec'])['finalizers'];
  const spec = ensureObject(namespace, 'spec');
  if (finalizers === undefined) delete spec['finalizers'];
  else spec['finalizers'] = finalizers;
}
