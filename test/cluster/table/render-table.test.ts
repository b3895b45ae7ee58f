import { describe, expect, it } from 'vitest';
import { builtInTable } from '../../../src/cluster/resources/index.ts';
import { columnsOf } from '../../../src/cluster/table/index.ts';
import { meta, table } from './support.ts';

describe('renderTable', () => {
  it('prints as many cells as columns for every listable kind, even of a bare object', () => {
    for (const type of builtInTable.types.filter((each) => each.verbs.includes('list'))) {
      const shown = table(`${type.group}/${type.version}/${type.resource}`, { metadata: {} });
      // kube-apiserver sends an age of addresses for which it has no column.
      const extra = type.resource === 'ipaddresses' ? 1 : 0;
      expect(shown.rows[0]?.cells, type.resource).toHaveLength(columnsOf(type).length + extra);
      expect(shown.rows[0]?.cells, type.resource).not.toContain(undefined);
    }
  });

  it.each([
    [
      '/v1/persistentvolumes',
      {
        metadata: meta('pv', 60),
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { namespace: 'default', name: 'c' },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Bound' },
      },
      'pv 1Gi RWO,RWX Delete Bound default/c standard <unset>  60s Filesystem',
    ],
    [
      'storage.k8s.io/v1/storageclasses',
      {
        metadata: meta('standard', 60, {
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        }),
        provisioner: 'a.example/disk',
      },
      'standard (default) a.example/disk Delete Immediate false 60s',
    ],
    [
      'storage.k8s.io/v1/csidrivers',
      { metadata: meta('d', 60), spec: { volumeLifecycleModes: ['Persistent', 'Ephemeral'] } },
      'd true false false <unset> false Persistent,Ephemeral 60s',
    ],
    [
      'apps/v1/controllerrevisions',
      {
        metadata: meta('web-1', 60, {
          ownerReferences: [
            { controller: true, apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u' },
          ],
        }),
        revision: 3,
      },
      'web-1 statefulset.apps/web 3 60s',
    ],
    [
      'certificates.k8s.io/v1/certificatesigningrequests',
      {
        metadata: meta('csr', 60),
        spec: { signerName: 'a.example/b', username: 'alice', expirationSeconds: 3600 },
        status: { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'eA==' },
      },
      'csr 60s a.example/b alice 60m Approved,Issued',
    ],
    [
      'networking.k8s.io/v1/ingressclasses',
      {
        metadata: meta('nginx', 60),
        spec: {
          controller: 'a.example/c',
          parameters: { apiGroup: 'a.example', kind: 'Conf', name: 'x' },
        },
      },
      'nginx a.example/c Conf.a.example/x 60s',
    ],
    [
      'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
      { metadata: meta('b', 60), spec: { policyName: 'p', paramRef: { name: 'n' } } },
      'b p */n 60s',
    ],
    ['node.k8s.io/v1/runtimeclasses', { metadata: meta('gvisor', 60), handler: 'runsc' }, 'gvisor runsc 60s'],
    [
      'resource.k8s.io/v1/resourceclaims',
      {
        metadata: meta('gpu', 60),
        status: { allocation: {}, reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] },
      },
      'gpu allocated,reserved 60s',
    ],
  ])('prints %s as kubectl shows it', (path, object, expected) => {
    expect((table(path, object).rows[0]?.cells ?? []).join(' ')).toBe(expected);
  });

  it('prints a bookmark of a watch as the recorded blank row', () => {
    const bookmark = {
      metadata: { resourceVersion: '320', annotations: { 'k8s.io/initial-events-end': 'true' } },
    };
    const shown = table('/v1/configmaps', bookmark, { columnDefinitions: false });
    expect(shown.columnDefinitions).toBeNull();
    expect(shown.rows).toEqual([
      {
        cells: ['', 0, '<unknown>'],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: bookmark.metadata },
      },
    ]);
  });

  it('carries what includeObject asks for', () => {
    const object = { metadata: { name: 'a' }, data: { k: 'v' } };
    const shown = (includeObject: string) =>
      table('/v1/configmaps', object, { includeObject }).rows[0]?.object;
    expect(shown('None')).toBeNull();
    expect(shown('Metadata')).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'a' },
    });
    expect(shown('Object')).toEqual({ ...object, kind: 'ConfigMap', apiVersion: 'v1' });
  });
});
