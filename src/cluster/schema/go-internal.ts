import { isJsonObject } from './json-object.ts';
import { inKeyOrder } from './key-order.ts';
import { namedNode, type SchemaNode } from './schema-node.ts';

type Json = Record<string, unknown>;

/**
 * A part of an object as kube-apiserver shows it within an error: Go's names of the fields, and for what is absent the
 * type's zero value.
 * @param schema of the part, by its OpenAPI name
 */
export function goInternal(schema: string, value: unknown): unknown {
  return shown(namedNode(schema), value);
}

function shown(node: SchemaNode, value: unknown): unknown {
  if (value === undefined || value === null) return zeroOf(node);
  const elements = node.elements();
  if (Array.isArray(value))
    return value.map((each) => (elements === undefined ? each : shown(elements, each)));
  // Types of meta/v1 are the same inside and out.
  if (node.form !== 'struct' || !isJsonObject(value) || node.goType === 'v1.LabelSelector')
    return inKeyOrder(value);
  return fieldsShown(node, value);
}

function fieldsShown(node: SchemaNode, value: Json): Json {
  const entries = [...node.fields()].map(([name, field]): [string, unknown] => {
    const isPointer = node.go?.pointers.has(name) === true || node.go?.nulls.has(name) === true;
    const isNil = isPointer && (value[name] === undefined || value[name] === null);
    return [goName(name), isNil ? null : shown(field, value[name])];
  });
  return Object.fromEntries(entries);
}

function zeroOf(node: SchemaNode): unknown {
  if (node.form === 'string') return '';
  if (node.form === 'integer' || node.form === 'number') return 0;
  if (node.form === 'boolean') return false;
  return isJsonObject(node.default) && node.form === 'struct' ? fieldsShown(node, {}) : null;
}

const names: Readonly<Record<string, string>> = {
  apiGroup: 'APIGroup',
  apiVersion: 'APIVersion',
  awsElasticBlockStore: 'AWSElasticBlockStore',
  cephfs: 'CephFS',
  csi: 'CSI',
  fc: 'FC',
  fsType: 'FSType',
  gcePersistentDisk: 'GCEPersistentDisk',
  iqn: 'IQN',
  iscsi: 'ISCSI',
  nfs: 'NFS',
  rbd: 'RBD',
  storageos: 'StorageOS',
  targetWWNs: 'TargetWWNs',
  uid: 'UID',
  wwids: 'WWIDs',
};

function goName(name: string): string {
  return names[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
