import { ignoreNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { parseObjectKey } from '../objects/object-key.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { builtInType, coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

/** What holds an object that is being deleted as long as others use it. */
export interface Protection {
  readonly finalizer: string;
  readonly type: ResourceType;
  /** The resources whose objects may use one. */
  readonly users: ReadonlySet<string>;
  isUsed(context: ObjectContext, object: KubeObject): Promise<boolean>;
}

const claims = coreType('persistentvolumeclaims');
const volumes = coreType('persistentvolumes');

/** Source: Kubernetes pkg/controller/volume/{pvcprotection,pvprotection,vacprotection}. */
export const protections: readonly Protection[] = [
  {
    finalizer: 'kubernetes.io/pvc-protection',
    type: claims,
    users: new Set(['pods']),
    isUsed: ({ objects }, { metadata: { name, namespace = '' } }) =>
      someObject(objects.list(coreType('pods'), namespace), (pod) =>
        asJsonArray(asJsonObject(pod['spec'])['volumes']).some(
          (volume) => asJsonObject(asJsonObject(volume)['persistentVolumeClaim'])['claimName'] === name,
        ),
      ),
  },
  {
    finalizer: 'kubernetes.io/pv-protection',
    type: volumes,
    users: new Set(),
    isUsed: async (_, volume) => asJsonObject(volume['status'])['phase'] === 'Bound',
  },
  {
    finalizer: 'kubernetes.io/vac-protection',
    type: builtInType('storage.k8s.io', 'volumeattributesclasses'),
    users: new Set(['persistentvolumes', 'persistentvolumeclaims']),
    async isUsed({ objects }, { metadata: { name } }) {
      const names = ({ spec, status }: KubeObject) => [
        asJsonObject(spec)['volumeAttributesClassName'],
        asJsonObject(status)['currentVolumeAttributesClassName'],
      ];
      const isUser = (object: KubeObject) => names(object).includes(name);
      return (
        (await someObject(objects.list(claims, ''), isUser)) || someObject(objects.list(volumes, ''), isUser)
      );
    },
  },
];

async function someObject(
  listed: Promise<{ readonly items: readonly { readonly object: KubeObject }[] }>,
  matches: (object: KubeObject) => boolean,
): Promise<boolean> {
  const { items } = await listed;
  return items.some(({ object }) => matches(object));
}

/** The protection that holds an object on its way out, if one does. */
export function protectionOf({ metadata }: KubeObject): Protection | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  return protections.find(({ finalizer }) => metadata.finalizers?.includes(finalizer));
}

/** Lets an object go that is being deleted, unless it is still used. */
export async function releaseProtected(context: ObjectContext, key: string): Promise<void> {
  const { namespace, name, group, resource } = parseObjectKey(key);
  const protection = protections.find(({ type }) => type.group === group && type.resource === resource);
  if (protection === undefined) return;
  const { type, finalizer } = protection;
  const current = await context.objects.get(type, namespace, name);
  if (current === undefined || (await protection.isUsed(context, current.object))) return;
  await updateObject(context, {
    type,
    namespace,
    name,
    part: 'main',
    dryRun: false,
    trackFields: trackedAs(context, type, ownWriters.controllers, ''),
    change: (object) => {
      const finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
      return { ...object, metadata: { ...object.metadata, finalizers } };
    },
  }).catch(ignoreNotFound);
}
