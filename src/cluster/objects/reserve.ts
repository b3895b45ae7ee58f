import { fieldError, invalid } from '../../kube/index.ts';
import type { Write } from '../../store/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { isServiceAddress, serviceRange } from './allocators.ts';
import type { ObjectContext } from './object-context.ts';
import { noExtras, type TxnExtras } from './object-store.ts';
import { type Reservation, reservationsOf } from './reservations.ts';
import { addressKey, serviceAddress } from './service-address.ts';
import { encodeObject } from './stored-object.ts';

/** The transaction's part that takes what `next` newly holds and frees what only `old` held. */
export function reserve(
  context: ObjectContext,
  type: ResourceType,
  next: KubeObject | undefined,
  old: KubeObject | undefined,
): TxnExtras {
  const wanted = heldBy(type, next);
  const held = heldBy(type, old);
  if (wanted.size === 0 && held.size === 0) return noExtras;
  const taken = [...wanted.values()].filter(({ key }) => !held.has(key));
  const freed = [...held.values()].filter(({ key }) => !wanted.has(key));
  return {
    conditions: taken.flatMap(keysOf).map((key) => ({ key, modRevision: 0 })),
    writes: [
      ...taken.flatMap(({ key, address }) => [
        put(key, ''),
        ...(address !== undefined && next !== undefined
          ? [put(addressKey(address), encodeObject(serviceAddress(context, address, next)))]
          : []),
      ]),
      ...freed.flatMap(keysOf).map((key) => ({ type: 'delete' as const, key })),
    ],
  };
}

function heldBy(type: ResourceType, object: KubeObject | undefined): ReadonlyMap<string, Reservation> {
  const all = object === undefined ? [] : reservationsOf(type, object);
  return new Map(all.map((each) => [each.key, each]));
}

function keysOf({ key, address }: Reservation): readonly string[] {
  return address === undefined ? [key] : [key, addressKey(address)];
}

function put(key: string, value: string): Write {
  return { type: 'put', key, value };
}

/** Throws StatusError 422 when something that the client chose itself belongs to another object. */
export async function confirmFree(
  context: ObjectContext,
  type: ResourceType,
  asked: KubeObject,
  old: KubeObject | undefined,
): Promise<void> {
  const held = heldBy(type, old);
  for (const reservation of reservationsOf(type, asked)) {
    const { key, field, value, address } = reservation;
    if (held.has(key)) continue;
    if (address !== undefined && !isServiceAddress(address)) {
      const detail =
        `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. ` +
        `The range of valid IPs is ${serviceRange}`;
      throw invalid(type, asked.metadata.name ?? '', [
        fieldError.invalid('spec.clusterIPs', [address], detail),
      ]);
    }
    if (!(await isTaken(context, reservation))) continue;
    const detail =
      typeof value === 'number'
        ? 'provided port is already allocated'
        : `failed to allocate IP ${value}: provided IP is already allocated`;
    throw invalid(type, asked.metadata.name ?? '', [fieldError.invalid(field, value, detail)]);
  }
}

async function isTaken({ objects }: ObjectContext, reservation: Reservation): Promise<boolean> {
  for (const key of keysOf(reservation)) if (await objects.isReserved(key)) return true;
  return false;
}
