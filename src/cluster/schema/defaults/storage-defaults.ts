import { asJsonArray, isJsonObject } from '../json-object.ts';
import { ensureObject, type Json, objectsIn, setAbsent, setDefault } from './set-default.ts';

/** Source: Kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_PersistentVolume and the volume sources. */
export function defaultPersistentVolume(volume: Json): void {
  const spec = ensureObject(volume, 'spec');
  setDefault(spec, 'persistentVolumeReclaimPolicy', 'Retain');
  setAbsent(spec, 'volumeMode', 'Filesystem');
  // The type's zero value is meaningful and shown: no check before mounting.
  if (isJsonObject(spec['hostPath'])) setDefault(spec['hostPath'], 'type', '');
  if (isJsonObject(spec['iscsi'])) setDefault(spec['iscsi'], 'iscsiInterface', 'default');
}

/** Source of all below: pkg/apis/storage/v1/defaults.go, pkg/apis/resource/v1/defaults.go. */
export function defaultStorageClass(storageClass: Json): void {
  setAbsent(storageClass, 'reclaimPolicy', 'Delete');
  setAbsent(storageClass, 'volumeBindingMode', 'Immediate');
}

const driverDefaults: Json = {
  attachRequired: true,
  podInfoOnMount: false,
  storageCapacity: false,
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  requiresRepublish: false,
  seLinuxMount: false,
};

export function defaultCsiDriver(driver: Json): void {
  const spec = ensureObject(driver, 'spec');
  for (const [field, value] of Object.entries(driverDefaults)) setAbsent(spec, field, value);
  if (asJsonArray(spec['volumeLifecycleModes']).length === 0) spec['volumeLifecycleModes'] = ['Persistent'];
}

export function defaultResourceClaim(claim: Json): void {
  defaultDeviceRequests(ensureObject(claim, 'spec'));
}

export function defaultResourceClaimTemplate(template: Json): void {
  defaultDeviceRequests(ensureObject(ensureObject(template, 'spec'), 'spec'));
}

function defaultDeviceRequests(spec: Json): void {
  if (!isJsonObject(spec['devices'])) return;
  for (const request of objectsIn(spec['devices'], 'requests')) {
    const alternatives = objectsIn(request, 'firstAvailable');
    for (const each of [...(isJsonObject(request['exactly']) ? [request['exactly']] : []), ...alternatives]) {
      setDefault(each, 'allocationMode', 'ExactCount');
      if (each['allocationMode'] === 'ExactCount') setDefault(each, 'count', 1);
    }
  }
}
