import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import { goDiff } from '../../go-diff.ts';
import { goInternal } from '../../go-internal.ts';
import { asJsonObject } from '../../json-object.ts';
import { volumeSource, volumeSpec } from './volume-spec.ts';

type Json = Record<string, unknown>;

const mountOptions = 'volume.beta.kubernetes.io/mount-options';
const mountable = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
  'fc',
  'flexVolume',
];

/** Source: Kubernetes pkg/apis/core/validation ValidatePersistentVolume, ValidatePersistentVolumeUpdate. */
export function validatePersistentVolume(volume: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asJsonObject(volume['spec']);
  const oldSpec = old === undefined ? undefined : asJsonObject(old['spec']);
  const hasNewSource = oldSpec === undefined || !isDeepStrictEqual(volumeSource(spec), volumeSource(oldSpec));
  const errors = volumeSpec(hasNewSource)(spec, 'spec');
  const options = mountOptionErrors(volume, spec);
  // kube-apiserver looks twice at an update, and tells both times.
  return oldSpec === undefined
    ? [...errors, ...options]
    : [...errors, ...options, ...errors, ...changeErrors(spec, oldSpec, hasNewSource)];
}

function mountOptionErrors({ metadata }: KubeObject, spec: Json): FieldError[] {
  const isAsked = asJsonObject(metadata.annotations)[mountOptions] !== undefined;
  if (!isAsked || mountable.some((field) => spec[field] !== undefined)) return [];
  const detail = 'may not specify mount options for this volume type';
  return [fieldError.forbidden(`metadata.annotations.${mountOptions}`, detail)];
}

function changeErrors(spec: Json, oldSpec: Json, hasNewSource: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (hasNewSource) {
    const path = 'spec.persistentvolumesource';
    const detail = `${path} is immutable after creation\n${goDiff(sourceShown(oldSpec), sourceShown(spec))}`;
    errors.push(fieldError.forbidden(path, detail));
  }
  const { volumeMode, nodeAffinity } = spec;
  if (volumeMode !== oldSpec['volumeMode'])
    errors.push(fieldError.invalid('volumeMode', volumeMode ?? null, 'field is immutable'));
  if (oldSpec['nodeAffinity'] !== undefined && !isDeepStrictEqual(nodeAffinity, oldSpec['nodeAffinity'])) {
    const detail = 'field is immutable, except for updating from beta label to GA';
    const shown = goInternal('io.k8s.api.core.v1.VolumeNodeAffinity', nodeAffinity);
    errors.push(fieldError.invalid('nodeAffinity', shown, detail));
  }
  return errors;
}

/** The sources as they are declared inside, one after the other. */
function sourceShown(spec: Json): unknown {
  const shown = asJsonObject(goInternal('io.k8s.api.core.v1.PersistentVolumeSpec', volumeSource(spec)));
  return Object.fromEntries(sourceNames.map((name) => [name, shown[name]]));
}

const sourceNames = [
  'GCEPersistentDisk',
  'AWSElasticBlockStore',
  'HostPath',
  'Glusterfs',
  'NFS',
  'RBD',
  'Quobyte',
  'ISCSI',
  'FlexVolume',
  'Cinder',
  'CephFS',
  'FC',
  'Flocker',
  'AzureFile',
  'VsphereVolume',
  'AzureDisk',
  'PhotonPersistentDisk',
  'PortworxVolume',
  'ScaleIO',
  'Local',
  'StorageOS',
  'CSI',
];
