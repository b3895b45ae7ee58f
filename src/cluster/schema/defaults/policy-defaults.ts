import { asJsonArray, isJsonObject } from '../json-object.ts';
import { ensureObject, type Json, objectsIn, setAbsent, setDefault } from './set-default.ts';

/** Source: Kubernetes pkg/apis/networking/v1/defaults.go. */
export function defaultNetworkPolicy(policy: Json): void {
  const spec = ensureObject(policy, 'spec');
  ensureObject(spec, 'podSelector');
  for (const rule of [...objectsIn(spec, 'ingress'), ...objectsIn(spec, 'egress')]) {
    for (const port of objectsIn(rule, 'ports')) setAbsent(port, 'protocol', 'TCP');
  }
  // A policy says nothing about egress unless it has egress rules.
  const isEgress = asJsonArray(spec['egress']).length > 0;
  if (asJsonArray(spec['policyTypes']).length === 0)
    spec['policyTypes'] = isEgress ? ['Ingress', 'Egress'] : ['Ingress'];
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** Source: pkg/apis/rbac/v1/defaults.go. */
export function defaultRoleBinding(binding: Json): void {
  if (isJsonObject(binding['roleRef'])) setDefault(binding['roleRef'], 'apiGroup', rbacGroup);
  for (const subject of objectsIn(binding, 'subjects')) {
    const isUserOrGroup = subject['kind'] === 'User' || subject['kind'] === 'Group';
    if (isUserOrGroup) setDefault(subject, 'apiGroup', rbacGroup);
  }
}

/** Source: pkg/apis/discovery/v1/defaults.go. */
export function defaultEndpointSlice(slice: Json): void {
  // It is kept for objects of an older version. Source: pkg/registry/discovery/endpointslice/strategy.go dropTopologyOnV1.
  for (const endpoint of objectsIn(slice, 'endpoints')) delete endpoint['deprecatedTopology'];
  for (const port of objectsIn(slice, 'ports')) {
    setAbsent(port, 'name', '');
    setAbsent(port, 'protocol', 'TCP');
  }
}

/** Source: pkg/apis/autoscaling/v2/defaults.go. */
export function defaultHorizontalPodAutoscaler(autoscaler: Json): void {
  const spec = ensureObject(autoscaler, 'spec');
  setDefault(spec, 'minReplicas', 1);
  // The older version has no such members; what it leaves out, the newer one fills in when it is read.
  if (autoscaler['apiVersion'] === 'autoscaling/v1') return;
  if (asJsonArray(spec['metrics']).length === 0) {
    const target = { type: 'Utilization', averageUtilization: 80 };
    spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  const behavior = spec['behavior'];
  if (!isJsonObject(behavior)) return;
  defaultScalingRules(ensureObject(behavior, 'scaleUp'), {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  defaultScalingRules(ensureObject(behavior, 'scaleDown'), {
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  });
}

function defaultScalingRules(rules: Json, defaults: Json): void {
  setDefault(rules, 'selectPolicy', 'Max');
  for (const [field, value] of Object.entries(defaults)) setDefault(rules, field, value);
}
