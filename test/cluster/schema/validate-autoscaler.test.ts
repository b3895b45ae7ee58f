import { expect, it } from 'vitest';
import { validateHorizontalPodAutoscaler } from '../../../src/cluster/schema/validate/validate-autoscaler.ts';
import { fieldErrorBody } from '../../../src/kube/field-error.ts';

const ofCpu = (target: object) => ({ type: 'Resource', resource: { name: 'cpu', target } });
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

function errorsOf(spec: object): readonly string[] {
  const errors = validateHorizontalPodAutoscaler({ scaleTargetRef, maxReplicas: 1, ...spec }, undefined);
  return errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
}

it('an autoscaler wants a metric that it can divide by', () => {
  const metrics = [
    ofCpu({ type: 'Utilization', averageUtilization: 0 }),
    ofCpu({ type: 'Utilization' }),
    ofCpu({ type: 'AverageValue', averageUtilization: 1, averageValue: '0' }),
    { type: 'Resource' },
    { ...ofCpu({ type: 'AverageValue', averageValue: '1' }), pods: {} },
  ];
  expect(errorsOf({ metrics })).toEqual([
    'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
    'spec.metrics[1].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    'spec.metrics[2].resource.target.averageValue: Invalid value: "0": must be positive',
    'spec.metrics[2].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    'spec.metrics[3].resource: Required value: must populate information for the given metric source',
    'spec.metrics[4].pods.metric.name: Required value: must specify a metric name',
    'spec.metrics[4].pods.target.type: Required value: must specify a metric target type',
    'spec.metrics[4].pods.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
    'spec.metrics[4].pods.target.averageValue: Required value: must specify a positive target averageValue',
    'spec.metrics[4].pods: Forbidden: must populate the given metric source only',
  ]);
});

it('an autoscaler wants of metrics of other APIs what their targets are made of', () => {
  const metric = { name: 'queue' };
  const describedObject = { kind: 'Service', name: 'web' };
  const both = { type: 'Value', value: '1', averageValue: '0' };
  const metrics = [
    { type: 'Pods', pods: { metric: { name: 'a/b' }, target: { type: 'Value', value: '1' } } },
    {
      type: 'Object',
      object: { metric, describedObject, target: { type: 'Utilization', averageUtilization: 1 } },
    },
    { type: 'Object', object: { metric, describedObject, target: { ...both, averageValue: '1' } } },
    { type: 'External', external: { metric, target: { type: 'Utilization', averageUtilization: 1 } } },
    { type: 'External', external: { metric, target: both } },
  ];
  expect(errorsOf({ metrics })).toEqual([
    `spec.metrics[0].pods.metric.name: Invalid value: "a/b": may not contain '/'`,
    'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
    'spec.metrics[1].object.target.averageValue: Required value: must set either a target value or averageValue',
    'spec.metrics[3].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target',
    'spec.metrics[4].external.target.averageValue: Invalid value: "0": must be positive',
    'spec.metrics[4].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
  ]);
});

it('an autoscaler wants rules that can be kept', () => {
  const policies = [{ type: 'Pods', value: 0, periodSeconds: 1801 }];
  const scaleUp = { stabilizationWindowSeconds: 3601, policies, tolerance: '-1' };
  expect(errorsOf({ behavior: { scaleUp, scaleDown: {} } })).toEqual([
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    'spec.behavior.scaleUp.tolerance: Invalid value: "-1": must be greater than or equal to 0',
    'spec.behavior.scaleDown.policies: Required value: must specify at least one Policy',
  ]);
  expect(errorsOf({ scaleTargetRef: { ...scaleTargetRef, kind: '' } })).toEqual([
    'spec.scaleTargetRef.kind: Required value',
  ]);
});

it('an autoscaler wants words that there are', () => {
  const target = { type: 'Share', averageUtilization: 1 };
  const policies = [{ type: 'Nodes', value: 1, periodSeconds: 1 }, { type: 'Pods' }];
  expect(
    errorsOf({
      metrics: [{ type: 'Cpu' }, ofCpu(target)],
      behavior: { scaleUp: { selectPolicy: 'All', policies } },
    }),
  ).toEqual([
    'spec.metrics[0].type: Unsupported value: "Cpu": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    'spec.metrics[0].type: Unsupported value: "Cpu": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    'spec.metrics[1].resource.target.type: Invalid value: "Share": must be either Utilization, Value, or AverageValue',
    'spec.behavior.scaleUp.selectPolicy: Unsupported value: "All": supported values: "Disabled", "Max", "Min"',
    'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"',
    'spec.behavior.scaleUp.policies[1].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[1].periodSeconds: Invalid value: 0: must be greater than zero',
  ]);
});
