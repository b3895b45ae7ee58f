import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Recorded from a kube-apiserver 1.35.4: what is wrong, in its order. */
describe('volumes of pods are refused in order', () => {
  it.each<readonly [string, object, readonly string[]]>([
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ emptyDir: {} }] } },
      ['spec.volumes[0].name: Required value'],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', emptyDir: { sizeLimit: '-1' } }],
        },
      },
      ['spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', nfs: { path: 'x' } }] } },
      [
        'spec.volumes[0].nfs.server: Required value',
        'spec.volumes[0].nfs.path: Invalid value: "x": must be an absolute path',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', hostPath: { path: '/x', type: 'x' } }],
        },
      },
      [
        'spec.volumes[0].hostPath.type: Unsupported value: "x": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', csi: { driver: 'D_', nodePublishSecretRef: {} } }],
        },
      },
      [
        "spec.volumes[0].csi.driver: Invalid value: \"D_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'spec.volumes[0].csi.nodePublishSecretRef.name: Required value',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', persistentVolumeClaim: {} }],
        },
      },
      ['spec.volumes[0].persistentVolumeClaim.claimName: Required value'],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', configMap: { name: 'x', items: [{}] } }],
        },
      },
      [
        'spec.volumes[0].configMap.items[0].key: Required value',
        'spec.volumes[0].configMap.items[0].path: Required value',
      ],
    ],
    [
      '/v1/pods',
      { spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', ephemeral: {} }] } },
      ['spec.volumes[0].ephemeral.volumeClaimTemplate: Required value'],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }],
        },
      },
      [
        'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
        'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [
            {
              name: 'v',
              downwardAPI: { items: [{}, { path: 'x', resourceFieldRef: { resource: 'limits.cpu' } }] },
            },
          ],
        },
      },
      [
        'spec.volumes[0].downwardAPI.path: Required value',
        'spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
        'spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value',
      ],
    ],
    [
      '/v1/pods',
      {
        spec: {
          containers: [{ name: 'c', image: 'i' }],
          volumes: [
            {
              name: 'v',
              projected: {
                sources: [
                  { serviceAccountToken: { expirationSeconds: 5 } },
                  {
                    downwardAPI: {
                      items: [
                        { path: 'n', fieldRef: { fieldPath: 'metadata.name' } },
                        { path: 'n', fieldRef: { fieldPath: 'metadata.name' } },
                      ],
                    },
                  },
                ],
              },
            },
          ],
        },
      },
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
        'spec.volumes[0].projected.path: Required value',
        'spec.volumes[0].projected: Invalid value: "n": conflicting duplicate paths',
      ],
    ],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
