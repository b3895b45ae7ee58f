import { expect, it } from 'vitest';
import { validateHorizontalPodAutoscaler } from '../../../src/cluster/schema/validate/validate-autoscaler.ts';
import { fieldErrorBody } from '../../../src/kube/field-error.ts';

const ofCpu = (target: object) => ({ type: 'Resource', resource: { name: 'cpu', target } });
const scaleTargetRef = { kind: 'Deployment', name: 'web' };

function errorsOf(spec: object): readonly string[] {
  const errors = validateHorizontalPodAutoscaler({ scaleTargetRef, maxReplicas: 1, ...spec });
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
    'spec.metrics[4].pods: Forbidden: must populate the given metric source only',
  ]);
});

it('an autoscaler wants rules that can be kept', () => {
  const policies = [{ type: 'Pods', value: 0, periodSeconds: 1801 }];
  const scaleUp = { stabilizationWindowSeconds: 3601, policies, tolerance: '-1' };
  expect(errorsOf({ behavior: { scaleUp, scaleDown: {} } })).toEqual([
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'spec.behavior.scaleUp.tolerance: Invalid value: "-1": must be greater than or equal to 0',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    'spec.behavior.scaleDown.policies: Required value: must specify at least one Policy',
  ]);
  expect(errorsOf({ scaleTargetRef: { kind: '', name: 'web' } })).toEqual([
    'spec.scaleTargetRef.kind: Required value',
  ]);
});
