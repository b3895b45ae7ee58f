import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Recorded from a kube-apiserver 1.35.4: what is wrong, in its order. */
describe('autoscalers are refused in order', () => {
  it.each<readonly [string, object, readonly string[]]>([
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 0,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          minReplicas: 0,
        },
      },
      [
        'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
        'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { spec: { maxReplicas: 3, scaleTargetRef: {} } },
      [
        'spec.scaleTargetRef.kind: Required value',
        'spec.scaleTargetRef.name: Required value',
        'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'v1', kind: 'Deployment', name: 'a/b' } } },
      [
        'spec.scaleTargetRef.name: Invalid value: "a/b": may not contain \'/\'',
        'spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { spec: { maxReplicas: 3, scaleTargetRef: { kind: 'ReplicationController', name: 'r' } } },
      [],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [{}],
        },
      },
      [
        'spec.metrics[0].type: Required value: must specify a metric source type',
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [{ type: 'x', pods: {} }],
        },
      },
      [
        'spec.metrics[0].type: Unsupported value: "x": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
        'spec.metrics[0].pods.metric.name: Required value: must specify a metric name',
        'spec.metrics[0].pods.target.type: Required value: must specify a metric target type',
        'spec.metrics[0].pods.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
        'spec.metrics[0].type: Unsupported value: "x": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [{ type: 'Resource', resource: {} }],
        },
      },
      [
        'spec.metrics[0].resource.name: Required value: must specify a resource name',
        'spec.metrics[0].resource.target.type: Required value: must specify a metric target type',
        'spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [
            {
              type: 'Resource',
              pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '0' } },
            },
          ],
        },
      },
      [
        'spec.metrics[0].pods.target.averageValue: Invalid value: "0": must be positive',
        'spec.metrics[0].resource: Required value: must populate information for the given metric source',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [{ type: 'Object', object: { metric: {}, target: { type: 'Value', value: '1' } } }],
        },
      },
      [
        'spec.metrics[0].object.describedObject.kind: Required value',
        'spec.metrics[0].object.describedObject.name: Required value',
        'spec.metrics[0].object.metric.name: Required value: must specify a metric name',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [
            {
              type: 'External',
              external: { metric: { name: '..' }, target: { type: 'Value', value: '1', averageValue: '1' } },
            },
          ],
        },
      },
      [
        'spec.metrics[0].external.metric.name: Invalid value: "..": may not be \'..\'',
        'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          metrics: [
            {
              type: 'ContainerResource',
              containerResource: {
                name: 'gpu',
                container: 'A',
                target: { type: 'Utilization', averageUtilization: 0 },
              },
            },
          ],
        },
      },
      [
        'spec.metrics[0].containerResource.name: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.metrics[0].containerResource.name: Invalid value: "gpu": must be a standard resource for containers',
        "spec.metrics[0].containerResource.container: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        'spec.metrics[0].containerResource.target.averageUtilization: Invalid value: 0: must be greater than 0',
      ],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          behavior: { scaleUp: { policies: [{}], selectPolicy: '', stabilizationWindowSeconds: -1 } },
        },
      },
      [
        'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero',
        'spec.behavior.scaleUp.selectPolicy: Unsupported value: "": supported values: "Disabled", "Max", "Min"',
        'spec.behavior.scaleUp.policies[0].type: Unsupported value: "": supported values: "Percent", "Pods"',
        'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
        'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero',
      ],
    ],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
