import type { KubeObject } from '../resources/index.ts';

const aggregate = 'rbac.authorization.k8s.io/aggregate-to-';

/** Whoever may look at a namespace may see what its pods use. Source: metrics-server's manifests. */
export const metricsReaderRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      'k8s-app': 'metrics-server',
      [`${aggregate}admin`]: 'true',
      [`${aggregate}edit`]: 'true',
      [`${aggregate}view`]: 'true',
    },
  },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};
