import { fieldError, invalid } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import type { ObjectContext } from './object-context.ts';
import { noExtras, type TxnExtras } from './object-store.ts';
import { reservationsOf } from './reservations.ts';

/** The transaction's part that takes what `next` newly holds and frees what only `old` held. */
export function reserve(
  type: ResourceType,
  next: KubeObject | undefined,
  old: KubeObject | undefined,
): TxnExtras {
  const wanted = next === undefined ? [] : reservationsOf(type, next);
  const held = old === undefined ? [] : reservationsOf(type, old);
  if (wanted.length === 0 && held.length === 0) return noExtras;
  const heldKeys = new Set(held.map(({ key }) => key));
  const wantedKeys = new Set(wanted.map(({ key }) => key));
  const taken = [...wantedKeys].filter((key) => !heldKeys.has(key));
  const freed = [...heldKeys].filter((key) => !wantedKeys.has(key));
  return {
    conditions: taken.map((key) => ({ key, modRevision: 0 })),
    writes: [
      ...taken.map((key) => ({ type: 'put' as const, key, value: '' })),
      ...freed.map((key) => ({ type: 'delete' as const, key })),
    ],
  };
}

/** Throws StatusError 422 when something that the client chose itself belongs to another object. */
export async function confirmFree(
  context: ObjectContext,
  type: ResourceType,
  asked: KubeObject,
  old: KubeObject | undefined,
): Promise<void> {
  const held = new Set(old === undefined ? [] : reservationsOf(type, old).map(({ key }) => key));
  for (const { key, field, value } of reservationsOf(type, asked)) {
    if (held.has(key) || !(await context.objects.isReserved(key))) continue;
    const detail =
      typeof value === 'number'
        ? 'provided port is already allocated'
        : `failed to allocate IP ${value}: provided IP is already allocated`;
    throw invalid(type, asked.metadata.name ?? '', [fieldError.invalid(field, value, detail)]);
  }
}
