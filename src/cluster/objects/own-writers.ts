import { trackUpdate } from '../ownership/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import type { StoredObject } from './stored-object.ts';
import { withManagedFields } from './track-fields.ts';

/** By which names a cluster's own programs are known in managedFields: the User-Agents of the real ones. */
export const ownWriters = {
  apiServer: 'kube-apiserver',
  controllers: 'kube-controller-manager',
  kubelet: 'kubelet',
  scheduler: 'kube-scheduler',
} as const;

export type OwnWriter = (typeof ownWriters)[keyof typeof ownWriters];

/** An object as one of them writes its status over the stored one: it owns what it changes. */
export function statusWrittenBy(
  context: ObjectContext,
  writer: OwnWriter,
  { type, object: old }: Pick<StoredObject, 'type' | 'object'>,
  next: KubeObject,
): KubeObject {
  const time = timestamp(context);
  const update = { type, old, next, asked: undefined, manager: writer, subresource: 'status', time };
  const managedFields = trackUpdate(update);
  return managedFields === old.metadata['managedFields'] ? next : withManagedFields(next, managedFields);
}
