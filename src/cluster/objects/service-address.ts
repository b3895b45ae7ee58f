import { randomUUID } from 'node:crypto';
import { SocketAddress } from 'node:net';
import { builtInType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import { objectKey } from './object-key.ts';
import { ownWriters } from './own-writers.ts';

/** The key of the IPAddress that stands for an address of a service. */
export function addressKey(address: string): string {
  return objectKey(addressType(), '', canonical(address));
}

export function addressType(): ResourceType {
  return builtInType('networking.k8s.io', 'ipaddresses');
}

/**
 * The IPAddress of a service: it shows whose an address is. Its key is a reservation besides.
 * Source: Kubernetes pkg/registry/core/service/ipallocator/ipallocator.go newIPAddress.
 */
export function serviceAddress(context: ObjectContext, address: string, service: KubeObject): KubeObject {
  const { namespace, name } = service.metadata;
  const time = timestamp(context);
  return {
    kind: 'IPAddress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: {
      name: canonical(address),
      uid: randomUUID(),
      creationTimestamp: time,
      labels: {
        'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
      managedFields: [{ ...ownedFields, time }],
    },
    spec: { parentRef: { resource: 'services', namespace, name } },
  };
}

const ownedFields = {
  manager: ownWriters.apiServer,
  operation: 'Update',
  apiVersion: 'networking.k8s.io/v1',
  time: '',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': {
      'f:labels': {
        '.': {},
        'f:ipaddress.kubernetes.io/ip-family': {},
        'f:ipaddress.kubernetes.io/managed-by': {},
      },
    },
    'f:spec': { 'f:parentRef': { '.': {}, 'f:name': {}, 'f:namespace': {}, 'f:resource': {} } },
  },
} as const;

/** An IPv6 address has one name, however it was written. */
function canonical(address: string): string {
  return address.includes(':') ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}
