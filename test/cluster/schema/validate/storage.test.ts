import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

const subdomain = (value: string) =>
  expect.stringContaining(`Invalid value: "${value}": a lowercase RFC 1123`);
const qualified = (value: string) =>
  expect.stringContaining(`Invalid value: "${value}": name part must consist`);

/** Each row is an answer of kube-apiserver 1.35. */
type Row = readonly [title: string, object: object, old: object | undefined, expected: readonly unknown[]];

describe('persistent volumes', () => {
  const plain = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };
  const hostPath = { path: '/d' };
  const affinity = (term: object) => ({ required: { nodeSelectorTerms: [term] } });
  const host = { key: 'kubernetes.io/hostname', operator: 'In', values: ['n1'] };
  const source = (each: object) => ({ spec: { ...plain, ...each } });

  it.each<Row>([
    [
      'a path that goes back',
      source({ hostPath: { path: '/a/../b' } }),
      undefined,
      [`spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'`],
    ],
    [
      'a type that there is not',
      source({ hostPath: { path: '/a', type: 'Odd' } }),
      undefined,
      [
        'spec.hostPath.type: Unsupported value: "Odd": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      'all of a node recycled',
      source({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
      undefined,
      ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ],
    [
      'a disk of no node',
      source({ local: { path: '/x' } }),
      undefined,
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      'a disk of a node',
      source({ local: { path: '/x' }, nodeAffinity: affinity({ matchExpressions: [host] }) }),
      undefined,
      [],
    ],
    [
      'an affinity to nothing',
      source({ hostPath, nodeAffinity: {} }),
      undefined,
      ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
    ],
    [
      'an export without a server',
      source({ nfs: { server: '', path: 'x' } }),
      undefined,
      ['spec.nfs.server: Required value', 'spec.nfs.path: Invalid value: "x": must be an absolute path'],
    ],
    [
      "a driver's volume",
      source({ csi: { driver: 'Bad_Driver', volumeHandle: '', nodePublishSecretRef: {} } }),
      undefined,
      [
        subdomain('Bad_Driver'),
        'spec.csi.volumeHandle: Required value',
        'spec.csi.nodePublishSecretRef.name: Required value',
        'spec.csi.nodePublishSecretRef.namespace: Required value',
      ],
    ],
    [
      'a target',
      source({ iscsi: { targetPortal: 'a', iqn: 'iqn.bad', lun: 300, chapAuthSession: true } }),
      undefined,
      [
        'spec.iscsi.iqn: Invalid value: "iqn.bad": must be valid format',
        'spec.iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive',
        'spec.iscsi.secretRef: Required value',
      ],
    ],
    [
      'a target by its name',
      source({ iscsi: { targetPortal: 'a', iqn: 'iqn.2001-04.com.example:storage', lun: 0 } }),
      undefined,
      [],
    ],
    [
      'fibre channel',
      source({ fc: { targetWWNs: ['x'] } }),
      undefined,
      ['spec.fc.lun: Required value: lun is required if targetWWNs is specified'],
    ],
    [
      'amounts and modes',
      {
        spec: {
          hostPath,
          capacity: { storage: '-1' },
          accessModes: ['ReadWriteOncePod', 'ReadWriteOnce', 'Odd'],
        },
      },
      undefined,
      [
        'spec.accessModes: Unsupported value: "Odd": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
        'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
        'spec.capacity[storage]: Invalid value: "-1": must be greater than zero',
      ],
    ],
    [
      'classes',
      source({ hostPath, storageClassName: 'A_b', volumeAttributesClassName: '' }),
      undefined,
      [
        subdomain('A_b'),
        'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
        'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
      ],
    ],
    [
      'another mode',
      source({ hostPath, volumeMode: 'Block' }),
      source({ hostPath }),
      ['volumeMode: Invalid value: "Block": field is immutable'],
    ],
    [
      'elsewhere',
      source({ hostPath, nodeAffinity: affinity({}) }),
      source({ hostPath, nodeAffinity: affinity({ matchExpressions: [host] }) }),
      [
        'nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":null,"MatchFields":null}]}}: field is immutable, except for updating from beta label to GA',
      ],
    ],
    [
      'another size, class and policy',
      source({
        hostPath,
        capacity: { storage: '2Gi' },
        storageClassName: 'b',
        persistentVolumeReclaimPolicy: 'Delete',
      }),
      source({ hostPath }),
      [],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('/v1/persistentvolumes', object, old)).toEqual(expected);
  });

  it('show what of the source has changed', () => {
    const spec = { ...plain, hostPath: { path: '/data', type: 'Directory' } };
    const [refusal] = errors(
      '/v1/persistentvolumes',
      { spec: { ...plain, nfs: { server: 's', path: '/x' } } },
      { spec },
    );
    expect(
      refusal,
    ).toBe(`spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation
@@ -1,12 +1,13 @@
 {
  "GCEPersistentDisk": null,
  "AWSElasticBlockStore": null,
- "HostPath": {
-  "Path": "/data",
-  "Type": "Directory"
+ "HostPath": null,
+ "Glusterfs": null,
+ "NFS": {
+  "Server": "s",
+  "Path": "/x",
+  "ReadOnly": false
  },
- "Glusterfs": null,
- "NFS": null,
  "RBD": null,
  "Quobyte": null,
  "ISCSI": null,
`);
  });
});

describe('claims', () => {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'slow',
  };
  const claim = (each: object) => ({ spec: { ...spec, ...each } });

  it.each<Row>([
    [
      'of nothing',
      claim({ resources: { requests: { storage: '0' } } }),
      undefined,
      ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    ],
    [
      'from a kind that is not known',
      claim({ dataSource: { kind: 'Odd', name: 'n' } }),
      undefined,
      [
        `spec.dataSource: Invalid value: "Odd": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
      ],
    ],
    [
      'from another group',
      claim({ dataSourceRef: { apiGroup: 'x.example.com', kind: 'Odd', name: 'n' } }),
      undefined,
      [],
    ],
    [
      'from two',
      claim({
        dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
      }),
      undefined,
      ['spec: Invalid value: {}: must match dataSourceRef'],
    ],
    [
      'with another mode',
      claim({ volumeMode: '', volumeAttributesClassName: 'A_b' }),
      undefined,
      ['spec.volumeMode: Unsupported value: "": supported values: "Block", "Filesystem"', subdomain('A_b')],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('/v1/persistentvolumeclaims', object, old)).toEqual(expected);
  });

  it('show what of them has changed', () => {
    expect(errors('/v1/persistentvolumeclaims', claim({ storageClassName: 'new' }), claim({}))).toEqual([
      `spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "",
- "StorageClassName": "slow",
+ "StorageClassName": "new",
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,
`,
    ]);
  });
});

describe('classes', () => {
  const labels = (...each: object[]) => ({ matchLabelExpressions: each });

  it.each<Row>([
    [
      'a maker that is none',
      { provisioner: 'Bad_Value!', parameters: { '': 'x' } },
      undefined,
      [qualified('bad_value!'), 'parameters: Invalid value: "": field can not be empty.'],
    ],
    [
      'a policy that is none',
      { provisioner: 'a.b/c', reclaimPolicy: 'Recycle', volumeBindingMode: '' },
      undefined,
      [
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    ],
    [
      'places twice',
      {
        provisioner: 'a',
        allowedTopologies: [
          labels({ key: 'z', values: ['a', 'a'] }),
          labels({ key: 'z', values: ['b'] }, { key: 'z', values: ['b'] }),
          labels(),
        ],
      },
      undefined,
      [
        'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
        'allowedTopologies[1].matchLabelExpressions[1].key: Duplicate value: "z"',
        'allowedTopologies[2].matchLabelExpressions: Duplicate value: ""',
      ],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('storage.k8s.io/v1/storageclasses', object, old)).toEqual(expected);
  });

  it('of attributes have some, for good', () => {
    const path = 'storage.k8s.io/v1/volumeattributesclasses';
    expect(errors(path, { driverName: '', parameters: {} })).toEqual([
      'driverName: Required value',
      'parameters: Required value: must contain at least one key/value pair',
    ]);
    expect(
      errors(path, { driverName: 'a', parameters: { a: 'c' } }, { driverName: 'a', parameters: { a: 'b' } }),
    ).toEqual(['parameters: Forbidden: updates to parameters are forbidden.']);
  });
});

describe('drivers', () => {
  it.each<Row>([
    ['may ask for a token for no audience', { spec: { tokenRequests: [{ audience: '' }] } }, undefined, []],
    [
      'ask for one token an audience',
      { spec: { tokenRequests: [{ audience: 'a' }, { audience: 'a', expirationSeconds: 599 }] } },
      undefined,
      [
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
        'spec.tokenRequests[1].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
      ],
    ],
    [
      'know two ways',
      { spec: { volumeLifecycleModes: ['Odd'], fsGroupPolicy: '', nodeAllocatableUpdatePeriodSeconds: 9 } },
      undefined,
      [
        'spec.fsGroupPolicy: Unsupported value: "": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        'spec.volumeLifecycleModes: Unsupported value: "Odd": supported values: "Persistent", "Ephemeral"',
        'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
      ],
    ],
    [
      'stay as they are',
      { spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'] } },
      { spec: {} },
      [
        'spec.attachedRequired: Invalid value: false: field is immutable',
        'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable',
      ],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('storage.k8s.io/v1/csidrivers', object, old)).toEqual(expected);
  });

  it('of a node have names, and say the same for good', () => {
    const path = 'storage.k8s.io/v1/csinodes';
    const driver = { name: 'a.example.com', nodeID: 'n', topologyKeys: ['zone'] };
    expect(errors(path, { spec: { drivers: [driver, { ...driver, topologyKeys: [''] }, {}] } })).toEqual([
      'spec.drivers[1]: Required value',
      'spec.drivers[1]: Invalid value: "": name part must be non-empty',
      expect.stringContaining('spec.drivers[1]: Invalid value: "": name part must consist'),
      'spec.drivers[2].name: Required value',
      'spec.drivers[2].nodeID: Required value',
      'spec.drivers[1].name: Duplicate value: "a.example.com"',
    ]);
    const changed = { spec: { drivers: [{ ...driver, nodeID: 'm', allocatable: { count: 1 } }] } };
    expect(errors(path, changed, { spec: { drivers: [driver] } })).toEqual([
      'spec.drivers: Invalid value: {"Name":"a.example.com","NodeID":"m","TopologyKeys":["zone"],"Allocatable":null}: field is immutable',
    ]);
  });

  it('attach one volume', () => {
    const path = 'storage.k8s.io/v1/volumeattachments';
    const spec = { attacher: 'a.example.com', nodeName: 'n', source: { persistentVolumeName: 'pv' } };
    expect(errors(path, { spec: { ...spec, source: {} } })).toEqual([
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ]);
    expect(errors(path, { spec: { ...spec, source: { inlineVolumeSpec: {} } } })).toEqual([
      'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.accessModes: Required value',
      'spec.source.inlineVolumeSpec: Required value: must specify a volume type',
    ]);
    expect(errors(path, { spec: { ...spec, nodeName: 'm' } }, { spec })).toEqual([
      'spec: Invalid value: {"Attacher":"a.example.com","Source":{"PersistentVolumeName":"pv","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
    ]);
  });

  it('have so much left', () => {
    const path = 'storage.k8s.io/v1/csistoragecapacities';
    const old = { storageClassName: 'a', capacity: '1Gi' };
    expect(
      errors(path, { storageClassName: 'b', capacity: '-1', nodeTopology: { matchLabels: { a: '-' } } }, old),
    ).toEqual([
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
      expect.stringContaining('nodeTopology.matchLabels: Invalid value: "-"'),
      'nodeTopology: Invalid value: {"matchLabels":{"a":"-"}}: field is immutable',
      'storageClassName: Invalid value: "b": field is immutable',
    ]);
  });
});
