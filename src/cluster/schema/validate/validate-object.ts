import type { FieldError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { asJsonObject } from '../json-object.ts';
import { validateEndpointSlice, validateEndpoints } from './network/validate-endpoints.ts';
import { validateIngressClass } from './network/validate-ingress-class.ts';
import { validateService } from './network/validate-service.ts';
import { validateIpAddress, validateServiceCidr } from './network/validate-service-cidr.ts';
import { validatePersistentVolumeClaim } from './storage/validate-claim.ts';
import * as csi from './storage/validate-csi.ts';
import { validatePersistentVolume } from './storage/validate-persistent-volume.ts';
import { validateStorageClass, validateVolumeAttributesClass } from './storage/validate-storage-class.ts';
import { validateVolumeAttachment } from './storage/validate-volume-attachment.ts';
import * as api from './validate-api.ts';
import { validateApiService } from './validate-api-service.ts';
import { validateHorizontalPodAutoscaler } from './validate-autoscaler.ts';
import { validateBySchema } from './validate-by-schema.ts';
import { validateCronJob } from './validate-cron-job.ts';
import { validateConfigMap } from './validate-data.ts';
import { validateEvent, validateNewEvent } from './validate-event.ts';
import { validateFlowSchema } from './validate-flow-schema.ts';
import { validateIngress } from './validate-ingress.ts';
import { validateJob } from './validate-job.ts';
import { validateLimitRange } from './validate-limit-range.ts';
import { validateMetadata } from './validate-metadata.ts';
import { validateNamespace } from './validate-namespace.ts';
import { validateNetworkPolicy } from './validate-network-policy.ts';
import { validateNode } from './validate-node.ts';
import * as other from './validate-other.ts';
import { untrimmedImageErrors, validatePodSpec } from './validate-pod-spec.ts';
import { validatePodCreate, validatePodUpdate } from './validate-pod-update.ts';
import { validatePriorityClass } from './validate-priority-class.ts';
import { validatePriorityLevel } from './validate-priority-level.ts';
import { validateResourceQuota } from './validate-resource-quota.ts';
import { validateRuntimeClass } from './validate-runtime-class.ts';
import { validateSecret } from './validate-secret.ts';
import { validateCertificateSigningRequest } from './validate-signing-request.ts';
import { templateErrors } from './validate-template.ts';
import * as workload from './validate-workload.ts';

type Json = Record<string, unknown>;
type Validator = (object: KubeObject, oldObject: KubeObject | undefined) => FieldError[];

/** A validator of kinds whose rules are all about spec. */
function ofSpec(validate: (spec: Json, oldSpec: Json | undefined) => FieldError[]): Validator {
  return (object, oldObject) =>
    validate(
      asJsonObject(object['spec']),
      oldObject === undefined ? undefined : asJsonObject(oldObject['spec']),
    );
}

const validators: ReadonlyMap<string, Validator> = new Map<string, Validator>([
  ['/ConfigMap', validateConfigMap],
  ['/Secret', validateSecret],
  ['/Event', validateEvent],
  ['events.k8s.io/Event', validateNewEvent],
  ['/Service', validateService],
  ['/LimitRange', ofSpec(validateLimitRange)],
  ['/ResourceQuota', ofSpec(validateResourceQuota)],
  ['/PersistentVolumeClaim', validatePersistentVolumeClaim],
  ['/PersistentVolume', validatePersistentVolume],
  ['/Node', validateNode],
  ['/Namespace', validateNamespace],
  ['/Endpoints', validateEndpoints],
  ['discovery.k8s.io/EndpointSlice', validateEndpointSlice],
  ['/PodTemplate', validatePodTemplate],
  ['/ReplicationController', ofSpec(workload.validateReplicationController)],
  ['/Pod', ofSpec(validatePod)],
  ['apps/Deployment', ofSpec(workload.validateDeployment)],
  ['apps/ReplicaSet', ofSpec(workload.validateReplicaSet)],
  ['apps/StatefulSet', ofSpec(workload.validateStatefulSet)],
  ['apps/DaemonSet', ofSpec(workload.validateDaemonSet)],
  ['batch/Job', validateJob],
  ['batch/CronJob', ofSpec(validateCronJob)],
  ['networking.k8s.io/NetworkPolicy', ofSpec(validateNetworkPolicy)],
  ['networking.k8s.io/Ingress', ofSpec(validateIngress)],
  ['policy/PodDisruptionBudget', ofSpec(other.validatePodDisruptionBudget)],
  ['autoscaling/HorizontalPodAutoscaler', ofSpec(validateHorizontalPodAutoscaler)],
  ['coordination.k8s.io/Lease', ofSpec(other.validateLease)],
  ['networking.k8s.io/IngressClass', ofSpec(validateIngressClass)],
  ['networking.k8s.io/IPAddress', ofSpec(validateIpAddress)],
  ['networking.k8s.io/ServiceCIDR', ofSpec(validateServiceCidr)],
  ['apps/ControllerRevision', api.validateControllerRevision],
  ['storage.k8s.io/StorageClass', validateStorageClass],
  ['storage.k8s.io/VolumeAttributesClass', validateVolumeAttributesClass],
  ['storage.k8s.io/CSIDriver', ofSpec(csi.validateCsiDriver)],
  ['storage.k8s.io/CSINode', ofSpec(csi.validateCsiNode)],
  ['storage.k8s.io/CSIStorageCapacity', csi.validateCsiStorageCapacity],
  ['storage.k8s.io/VolumeAttachment', ofSpec(validateVolumeAttachment)],
  ['scheduling.k8s.io/PriorityClass', validatePriorityClass],
  ['node.k8s.io/RuntimeClass', validateRuntimeClass],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', validateFlowSchema],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', validatePriorityLevel],
  ['certificates.k8s.io/CertificateSigningRequest', ofSpec(validateCertificateSigningRequest)],
  ['apiregistration.k8s.io/APIService', validateApiService],
]);

/** Groups and kinds whose own rules, here or in another module, say all that the schema does, and more. */
const whollyRuled: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io',
  'apiextensions.k8s.io',
  'storage.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  '/Pod',
  '/PodTemplate',
  '/ReplicationController',
  'networking.k8s.io',
  'discovery.k8s.io',
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'events.k8s.io',
  'scheduling.k8s.io',
  '/Event',
  'node.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'policy',
  'flowcontrol.apiserver.k8s.io',
  '/LimitRange',
  '/Namespace',
  '/Node',
  '/ResourceQuota',
  '/Service',
  '/Endpoints',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
]);

function validatePod(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [...validatePodSpec(spec, 'spec'), ...untrimmedImageErrors(spec)];
  const ofWrite = oldSpec === undefined ? validatePodCreate(spec) : validatePodUpdate(spec, oldSpec);
  return [...errors, ...ofWrite];
}

function validatePodTemplate(podTemplate: KubeObject): FieldError[] {
  return templateErrors(podTemplate['template'], 'template', ['Always', 'OnFailure', 'Never']);
}

/**
 * What is wrong with an object that is to be created, or, with `oldObject`, to replace it; empty when nothing is.
 * The texts are Kubernetes'. The object must have passed checkTypes and applyDefaults, and carry its server-set
 * metadata. RBAC kinds have more rules than these: they belong to the authorizer.
 */
export function validateObject(type: ResourceType, object: KubeObject, oldObject?: KubeObject): FieldError[] {
  if (type.custom !== undefined) return [...type.custom.validate(object, oldObject)];
  const hasOwnRules = whollyRuled.has(type.group) || whollyRuled.has(`${type.group}/${type.kind}`);
  const ofKind = validators.get(`${type.group}/${type.kind}`)?.(object, oldObject) ?? [];
  const ofSchema = hasOwnRules ? [] : validateBySchema(type, object);
  return [...validateMetadata(type, object, oldObject), ...withoutRepeats(ofSchema, ofKind), ...ofKind];
}

/** Both may see the same mistake; the kind's own words stay. */
function withoutRepeats(ofSchema: readonly FieldError[], ofKind: readonly FieldError[]): FieldError[] {
  const keyOf = ({ type, field, value }: FieldError) => `${type} ${field} ${JSON.stringify(value) ?? ''}`;
  const known = new Set(ofKind.map(keyOf));
  return ofSchema.filter((error) => !known.has(keyOf(error)));
}
