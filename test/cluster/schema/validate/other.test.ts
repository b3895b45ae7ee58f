import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

describe('other kinds', () => {
  it.each([
    [
      '/v1/persistentvolumeclaims',
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'networking.k8s.io/v1/ingresses',
      { spec: {} },
      ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    ],
    [
      'networking.k8s.io/v1/ingresses',
      {
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: 'x',
                    pathType: 'Prefix',
                    backend: { service: { name: 's', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
      ['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
      [
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
        'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      ],
    ],
    [
      'coordination.k8s.io/v1/leases',
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      'policy/v1/poddisruptionbudgets',
      { spec: { minAvailable: 1, maxUnavailable: 1 } },
      [
        expect.stringMatching(
          /^spec: Invalid value: .*: minAvailable and maxUnavailable cannot be both set$/,
        ),
      ],
    ],
    [
      '/v1/events',
      { involvedObject: { namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['/v1/events', { involvedObject: { kind: 'Node', name: 'n' } }, []],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
