import { describe, expect, it } from 'vitest';
import { container, errors, podSpec } from './support.ts';

const withContainer = (more: object, spec: object = {}) => ({
  spec: { ...spec, containers: [{ ...container, ...more }] },
});
const at = 'spec.containers[0]';
const env = (variable: object) => withContainer({ env: [{ name: 'A', ...variable }] });
const from = (valueFrom: object) => env({ valueFrom });
const mounted = (mount: object, more: object = {}) =>
  withContainer(
    { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }], ...more },
    { volumes: [{ name: 'v', emptyDir: {} }] },
  );
const volume = (source: object) => ({ spec: { ...podSpec, volumes: [{ name: 'v', ...source }] } });

describe('a container is refused', () => {
  it.each([
    [
      env({ name: 'A=B' }),
      [
        `${at}.env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      ],
    ],
    [env({ name: '' }), [`${at}.env[0].name: Required value`]],
    [env({ name: '1.a-b/c' }), []],
    [
      from({}),
      [
        `${at}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
      ],
    ],
    [
      from({ fieldRef: { fieldPath: 'spec.nothing' } }),
      [
        `${at}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nothing": error converting fieldPath: field label not supported: spec.nothing`,
      ],
    ],
    [
      from({ fieldRef: { fieldPath: 'status.phase' } }),
      [
        expect.stringMatching(
          /fieldPath: Unsupported value: "status\.phase": supported values: "metadata\.name", /,
        ),
      ],
    ],
    [from({ fieldRef: { fieldPath: "metadata.labels['app']" } }), []],
    [from({ resourceFieldRef: { resource: 'limits.cpu' } }), []],
    [
      from({ resourceFieldRef: { resource: 'cpu' } }),
      [expect.stringMatching(/resource: Unsupported value: "cpu": supported values: "limits\.cpu", /)],
    ],
    [
      from({ secretKeyRef: { name: 's', key: 'a b' } }),
      [expect.stringMatching(/secretKeyRef\.key: Invalid value: "a b": a valid config key must consist/)],
    ],
    [
      from({ secretKeyRef: { name: 's', key: 'k' }, configMapKeyRef: { name: 'c', key: 'k' } }),
      [`${at}.env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time`],
    ],
    [
      withContainer({ envFrom: [{}] }),
      [`${at}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``],
    ],
    [
      withContainer({ envFrom: [{ configMapRef: {} }] }),
      [`${at}.envFrom[0].configMapRef.name: Required value`],
    ],
    [
      mounted({ subPath: '../x' }),
      [`${at}.volumeMounts.subPath: Invalid value: "../x": must not contain '..'`],
    ],
    [
      mounted({ subPath: '/x' }),
      [`${at}.volumeMounts.subPath: Invalid value: "/x": must be a relative path`],
    ],
    [
      mounted({}, { volumeDevices: [{ name: 'v', devicePath: '/d' }] }),
      [
        `${at}.volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices`,
        `${at}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
        `${at}.volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts`,
      ],
    ],
    [
      withContainer({ imagePullPolicy: 'Sometimes' }),
      [
        `${at}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
      ],
    ],
    [
      withContainer({ securityContext: { runAsUser: -1 } }),
      [`${at}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`],
    ],
    [
      withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      [expect.stringMatching(/cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/)],
    ],
    [
      withContainer({ resources: { requests: { gpus: '1' } } }),
      [
        `${at}.resources.requests[gpus]: Invalid value: "gpus": must be a standard resource type or fully qualified`,
        `${at}.resources.requests[gpus]: Invalid value: "gpus": must be a standard resource for containers`,
      ],
    ],
    [
      withContainer({ resources: { requests: { 'example.com/gpu': '1' } } }),
      [`${at}.resources.limits: Required value: Limit must be set for non overcommitable resources`],
    ],
    [
      withContainer({ resources: { limits: { 'example.com/gpu': '1500m' } } }),
      [
        `${at}.resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer`,
        `${at}.resources.requests[example.com/gpu]: Invalid value: "1500m": must be an integer`,
      ],
    ],
    [
      withContainer({ resources: { limits: { memory: '-1Gi' } } }),
      [
        `${at}.resources.limits[memory]: Invalid value: "-1Gi": must be greater than or equal to 0`,
        `${at}.resources.requests[memory]: Invalid value: "-1Gi": must be greater than or equal to 0`,
      ],
    ],
  ])('%#: %j', (object, expected) => {
    expect(errors('/v1/pods', object)).toEqual(expected);
  });
});

describe('probes and hooks are refused', () => {
  const probe = (more: object) => withContainer({ livenessProbe: more });
  const get = { httpGet: { port: 80 } };

  it.each([
    [probe({}), [`${at}.livenessProbe: Required value: must specify a handler type`]],
    [
      probe({ ...get, exec: { command: ['a'] } }),
      [`${at}.livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type`],
    ],
    [probe({ exec: {} }), [`${at}.livenessProbe.exec.command: Required value`]],
    [
      probe({ httpGet: { port: 0 } }),
      [`${at}.livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`],
    ],
    [
      probe({ httpGet: { port: 'Web' } }),
      [
        `${at}.livenessProbe.httpGet.port: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
      ],
    ],
    [
      probe({ ...get, successThreshold: 2 }),
      [`${at}.livenessProbe.successThreshold: Invalid value: 2: must be 1`],
    ],
    [
      probe({ ...get, periodSeconds: -1 }),
      [`${at}.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`],
    ],
    [withContainer({ readinessProbe: { ...get, successThreshold: 2 } }), []],
    [
      withContainer({ readinessProbe: { ...get, terminationGracePeriodSeconds: 3 } }),
      [
        `${at}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes`,
      ],
    ],
    [
      { spec: { ...podSpec, initContainers: [{ name: 'i', image: 'i', livenessProbe: get }] } },
      [
        'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      {
        spec: {
          ...podSpec,
          initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', livenessProbe: get }],
        },
      },
      [],
    ],
    [
      withContainer({ lifecycle: { preStop: { sleep: { seconds: 40 } } } }),
      [
        `${at}.lifecycle.preStop.sleep: Invalid value: 40: must be non-negative and less than terminationGracePeriodSeconds (30)`,
      ],
    ],
  ])('%#: %j', (object, expected) => {
    expect(errors('/v1/pods', object)).toEqual(expected);
  });
});

describe('containers for debugging are refused', () => {
  const debugging = (more: object) => ({
    spec: { ...podSpec, ephemeralContainers: [{ name: 'e', image: 'i', ...more }] },
  });
  const forbidden = (field: string) =>
    `spec.ephemeralContainers[0].${field}: Forbidden: cannot be set for an Ephemeral Container`;

  it.each([
    [{}, []],
    [{ stdin: true, tty: true, env: [{ name: 'A', value: 'b' }] }, []],
    [{ ports: [{ containerPort: 80 }] }, [forbidden('ports')]],
    [{ resources: { limits: { cpu: '1' } } }, [forbidden('resources')]],
    [{ restartPolicy: 'Always' }, [forbidden('restartPolicy')]],
  ])('%j', (more, expected) => {
    expect(errors('/v1/pods', debugging(more), debugging(more))).toEqual(expected);
  });
});

describe('volumes are refused', () => {
  it.each([
    [volume({ secret: {} }), ['spec.volumes[0].secret.secretName: Required value']],
    [volume({ configMap: {} }), ['spec.volumes[0].configMap.name: Required value']],
    [
      volume({ configMap: { name: 'c', defaultMode: 1000 } }),
      [
        'spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
      ],
    ],
    [
      volume({ configMap: { name: 'c', items: [{ key: 'k', path: '/k' }] } }),
      ['spec.volumes[0].configMap.items[0].path: Invalid value: "/k": must be a relative path'],
    ],
    [
      volume({ configMap: { name: 'c', items: [{ key: 'k', path: '..k' }] } }),
      ['spec.volumes[0].configMap.items[0].path: Invalid value: "..k": must not start with \'..\''],
    ],
    [
      volume({ persistentVolumeClaim: {} }),
      ['spec.volumes[0].persistentVolumeClaim.claimName: Required value'],
    ],
    [
      volume({ hostPath: { path: '/a/../b' } }),
      ['spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
    ],
    [
      volume({ downwardAPI: { items: [{ path: 'x' }] } }),
      ['spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required'],
    ],
    [volume({ downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.labels' } }] } }), []],
    [
      volume({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }),
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      ],
    ],
    [
      volume({ emptyDir: {}, name: 'V' }),
      [expect.stringMatching(/^spec\.volumes\[0\]\.name: Invalid value: "V": a lowercase RFC 1123 label/)],
    ],
  ])('%#: %j', (object, expected) => {
    expect(errors('/v1/pods', object)).toEqual(expected);
  });
});
