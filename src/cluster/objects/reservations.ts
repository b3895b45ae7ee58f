import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { reservationPrefix } from './object-key.ts';

/** One thing that only one object may hold: its key in the store and the field that names it. */
export interface Reservation {
  readonly key: string;
  readonly field: string;
  readonly value: string | number;
  /** What an IPAddress shows besides. Absent: nothing does. */
  readonly address?: string;
}

/** What an object holds exclusively: a service's addresses and node ports. They are keys, so a transaction guards them. */
export function reservationsOf(type: ResourceType, object: KubeObject): Reservation[] {
  if (type.group !== '' || type.resource !== 'services') return [];
  const spec = asJsonObject(object['spec']);
  // A client may name its address in clusterIP alone; what is stored has it in both.
  const addresses = [...new Set([spec['clusterIP'], ...asJsonArray(spec['clusterIPs'])])].filter(
    (address): address is string => typeof address === 'string' && address !== '' && address !== 'None',
  );
  const ports = asJsonArray(spec['ports']).map((port) => asJsonObject(port)['nodePort']);
  const health = spec['healthCheckNodePort'];
  const portKey = (port: number) => `${reservationPrefix}nodeports/${port}`;
  return [
    ...addresses.map((value, index) => ({
      key: `${reservationPrefix}ips/${value}`,
      field: `spec.clusterIPs[${index}]`,
      value,
      address: value,
    })),
    ...ports.flatMap((value, index) =>
      typeof value === 'number' && value !== 0
        ? [{ key: portKey(value), field: `spec.ports[${index}].nodePort`, value }]
        : [],
    ),
    ...(typeof health === 'number' && health !== 0
      ? [{ key: portKey(health), field: 'spec.healthCheckNodePort', value: health }]
      : []),
  ];
}
