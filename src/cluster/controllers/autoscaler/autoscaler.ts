import type { LabelSelector } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import type { Condition } from '../shapes.ts';

/** What a metric should be. */
export interface MetricTarget {
  readonly type: string;
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}

export interface MetricSpec {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target: MetricTarget };
  readonly containerResource?: {
    readonly name: string;
    readonly container: string;
    readonly target: MetricTarget;
  };
  readonly pods?: { readonly metric: MetricIdentifier };
  readonly object?: {
    readonly metric: MetricIdentifier;
    readonly describedObject: { readonly kind: string; readonly name: string };
    readonly target: MetricTarget;
  };
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
}

interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector;
}

/** As quickly as an autoscaler may go in one direction. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy: string;
  readonly policies: readonly {
    readonly type: string;
    readonly value: number;
    readonly periodSeconds: number;
  }[];
  readonly tolerance?: string;
}

/** A HorizontalPodAutoscaler as autoscaling/v2 has it. */
export interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly MetricSpec[];
    readonly behavior?: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
  };
  readonly status: AutoscalerStatus;
}

export interface AutoscalerStatus {
  readonly currentReplicas?: number;
  readonly desiredReplicas: number;
  readonly lastScaleTime?: string;
  readonly currentMetrics?: readonly object[];
  readonly conditions?: readonly Condition[];
}
