import type { LabelSelector } from '../../kube/index.ts';
import type { KubeObject, ObjectMeta } from '../resources/index.ts';
import type { FailurePolicy } from './job/failure-policy.ts';
import type { SuccessPolicy } from './job/success-policy.ts';

/**
 * What the controllers read of objects. Only stored objects are read so: they have passed validation and have their
 * defaults.
 */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string | null;
  readonly [field: string]: unknown;
}

export interface PodTemplate {
  readonly metadata?: Pick<ObjectMeta, 'labels' | 'annotations' | 'finalizers'>;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: {
    readonly terminated?: {
      readonly exitCode: number;
      readonly reason?: string;
      readonly finishedAt?: string;
    };
  };
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly hostname?: string;
    readonly subdomain?: string;
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: {
          readonly nodeSelectorTerms?: readonly {
            readonly matchFields?: readonly { readonly values?: readonly string[] }[];
          }[];
        };
      };
    };
    readonly restartPolicy?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    }[];
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly phase?: string;
    readonly reason?: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** A count, or a share of the wanted pods: `25%`. */
export type CountOrShare = number | string;

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly minReadySeconds?: number;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly strategy: {
      readonly type: string;
      readonly rollingUpdate?: { readonly maxSurge?: CountOrShare; readonly maxUnavailable?: CountOrShare };
    };
  };
  readonly status: DeploymentStatus;
}

export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
}

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    /** A ReplicationController's is a plain map of labels. */
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly minReadySeconds?: number;
  };
  readonly status: {
    readonly replicas?: number;
    readonly fullyLabeledReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly terminatingReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly serviceName?: string;
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly podManagementPolicy?: string;
    readonly ordinals?: { readonly start?: number };
    readonly updateStrategy: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: CountOrShare };
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: ObjectMeta; readonly spec: object }[];
    readonly persistentVolumeClaimRetentionPolicy?: {
      readonly whenDeleted?: string;
      readonly whenScaled?: string;
    };
  };
  readonly status: {
    readonly currentRevision?: string;
    readonly [field: string]: unknown;
  };
}

export interface DaemonSet extends KubeObject {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly updateStrategy: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: CountOrShare; readonly maxSurge?: CountOrShare };
    };
  };
  readonly status: Readonly<Record<string, unknown>>;
}

/** A template that a set has had. */
export interface ControllerRevision extends KubeObject {
  readonly data: { readonly spec: { readonly template: PodTemplate & { readonly $patch?: string } } };
  readonly revision: number;
}

export interface JobStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly [field: string]: unknown;
}

export interface Job extends KubeObject {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimit?: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly completionMode?: string;
    readonly suspend?: boolean;
    readonly backoffLimitPerIndex?: number;
    readonly maxFailedIndexes?: number;
    readonly podReplacementPolicy?: string;
    readonly podFailurePolicy?: FailurePolicy;
    readonly successPolicy?: SuccessPolicy;
  };
  readonly status: JobStatus;
}

export interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy?: string;
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate: { readonly metadata?: ObjectMeta; readonly spec: object };
  };
  readonly status: {
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
    readonly [field: string]: unknown;
  };
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly publishNotReadyAddresses?: boolean;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
      readonly targetPort?: number | string;
      readonly appProtocol?: string;
    }[];
  };
}

export interface Claim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes?: readonly string[];
    readonly volumeMode?: string;
    readonly selector?: LabelSelector;
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
  readonly status: {
    readonly phase?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
}

export interface Volume extends KubeObject {
  readonly spec: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly accessModes?: readonly string[];
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
    readonly persistentVolumeReclaimPolicy?: string;
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly [source: string]: unknown;
  };
  readonly status: { readonly phase?: string; readonly [field: string]: unknown };
}

export interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly mountOptions?: readonly string[];
}

export interface DisruptionBudget extends KubeObject {
  readonly spec: {
    readonly selector?: LabelSelector;
    readonly minAvailable?: CountOrShare;
    readonly maxUnavailable?: CountOrShare;
  };
  readonly status: {
    readonly conditions?: readonly Condition[];
    /** When an eviction of the pod of this name was granted. */
    readonly disruptedPods?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
}

export interface Node extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}
