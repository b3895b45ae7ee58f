import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Recorded from a kube-apiserver 1.35.4: what is wrong, in its order. */
describe('pods are refused in order', () => {
  it.each<readonly [string, object, readonly string[]]>([
    ['/v1/pods', { spec: { containers: [{ image: 'i' }] } }, ['spec.containers[0].name: Required value']],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i', imagePullPolicy: 'x' }] } },
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "x": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i', terminationMessagePolicy: 'x' }] } },
      [
        'spec.containers[0].terminationMessagePolicy: Unsupported value: "x": supported values: "File", "FallbackToLogsOnError"',
      ],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 1, protocol: 'x' }] }] } },
      [
        'spec.containers[0].ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i', env: [{ value: 'x' }] }] } },
      ['spec.containers[0].env[0].name: Required value'],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [
            {
              name: 'c',
              image: 'i',
              env: [
                { name: 'A', valueFrom: { fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } } },
                { name: 'B', valueFrom: { fieldRef: {} } },
              ],
            },
          ],
        },
      },
      [
        'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2',
        'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Required value',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [
            {
              name: 'c',
              image: 'i',
              env: [
                { name: 'A', valueFrom: { configMapKeyRef: { name: 'x' } } },
                { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '5' } } },
              ],
            },
          ],
        },
      },
      [
        'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value',
        'spec.containers[0].env[1].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
      ],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{}] }] } },
      [
        'spec.containers[0].volumeMounts[0].name: Required value',
        'spec.containers[0].volumeMounts[0].name: Not found: ""',
        'spec.containers[0].volumeMounts[0].mountPath: Required value',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [
            {
              name: 'c',
              image: 'i',
              resizePolicy: [
                { resourceName: 'cpu', restartPolicy: 'x' },
                { resourceName: 'cpu', restartPolicy: 'NotRequired' },
                { resourceName: 'gpu', restartPolicy: 'NotRequired' },
              ],
            },
          ],
        },
      },
      [
        'spec.containers[0].resizePolicy: Unsupported value: "x": supported values: "NotRequired", "RestartContainer"',
        'spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"',
        'spec.containers[0].resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory"',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [
            { name: 'c', image: 'i', securityContext: { procMount: '', seccompProfile: { type: 'x' } } },
          ],
        },
      },
      [
        'spec.containers[0].securityContext.procMount: Unsupported value: "": supported values: "Default", "Unmasked"',
        'spec.containers[0].securityContext.seccompProfile.type: Unsupported value: "x": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i', securityContext: { seccompProfile: { type: 'Localhost' } } }],
        },
      },
      [
        'spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i', livenessProbe: { httpGet: { port: 1, scheme: 'x' } } }],
        },
      },
      [
        'spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "x": supported values: "HTTP", "HTTPS"',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          securityContext: {
            fsGroupChangePolicy: '',
            sysctls: [{ name: 'kernel.x', value: '1' }, { name: 'kernel.x', value: '1' }, {}],
            seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
          },
        },
      },
      [
        'spec.securityContext.sysctls[1].name: Duplicate value: "kernel.x"',
        'spec.securityContext.sysctls[2].name: Required value',
        'spec.securityContext.fsGroupChangePolicy: Unsupported value: "": supported values: "Always", "OnRootMismatch"',
        'spec.securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          dnsConfig: { searches: ['.', 'A', '_a.b'], options: [{}] },
        },
      },
      [
        "spec.dnsConfig.searches[1]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
        'spec.dnsConfig.options[0]: Required value: must not be empty',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          tolerations: [{ key: 'a', effect: 'x', tolerationSeconds: 1 }],
        },
      },
      [
        'spec.tolerations[0].effect: Invalid value: "x": effect must be \'NoExecute\' when `tolerationSeconds` is set',
        'spec.tolerations[0].effect: Unsupported value: "x": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'z',
              whenUnsatisfiable: 'x',
              minDomains: 1,
              nodeAffinityPolicy: '',
              matchLabelKeys: ['a'],
            },
            {
              maxSkew: 1,
              topologyKey: 'y',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: {},
              matchLabelKeys: ['-'],
            },
          ],
        },
      },
      [
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "x": supported values: "DoNotSchedule", "ScheduleAnyway"',
        'spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not x',
        'spec.topologySpreadConstraints[0].nodeAffinityPolicy: Unsupported value: "": supported values: "Honor", "Ignore"',
        'spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
        "spec.topologySpreadConstraints[1].matchLabelKeys[0]: Invalid value: \"-\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
