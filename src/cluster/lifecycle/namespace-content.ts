import { StatusError } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { ignoreNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { asKept, coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';

const rootCa = 'kube-root-ca.crt';
const rootCaDescription =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes ' +
  'clusters.';

/** What a namespace always contains: the ServiceAccount of its pods and the CA that they trust. */
export async function fillNamespace(
  context: ObjectContext,
  namespace: string,
  caBundle: string,
): Promise<void> {
  await ensure(context, 'serviceaccounts', namespace, { metadata: { name: 'default' } });
  await ensure(context, 'configmaps', namespace, {
    metadata: { name: rootCa, annotations: { 'kubernetes.io/description': rootCaDescription } },
    data: { 'ca.crt': caBundle },
  });
}

async function ensure(
  context: ObjectContext,
  resource: string,
  namespace: string,
  object: KubeObject,
): Promise<void> {
  const type = coreType(resource);
  if ((await context.objects.get(type, namespace, object.metadata.name ?? '')) !== undefined) return;
  const trackFields = trackedAs(context, type, ownWriters.controllers, '');
  await createObject(context, { type, namespace, object, dryRun: false, trackFields }).catch(ignoreOvertaken);
}

/**
 * Deletes what a namespace contains and, when nothing is left, lets the namespace go.
 * Something with finalizers stays; its end brings the namespace up again.
 */
export async function emptyNamespace(context: ObjectContext, namespace: string): Promise<void> {
  for (const type of contentTypes(context)) {
    const { items } = await context.objects.list(type, namespace);
    for (const { object } of items) {
      const name = object.metadata.name ?? '';
      await deleteObject(context, { type, namespace, name, dryRun: false }).catch(ignoreNotFound);
    }
  }
  if (await hasContent(context, namespace)) return;
  await updateObject(context, {
    type: coreType('namespaces'),
    namespace: '',
    name: namespace,
    part: 'finalize',
    dryRun: false,
    change: (current) => ({
      ...current,
      spec: { ...asJsonObject(current['spec']), finalizers: [] },
    }),
  }).catch(ignoreNotFound);
}

async function hasContent(context: ObjectContext, namespace: string): Promise<boolean> {
  for (const type of contentTypes(context)) {
    const { items } = await context.objects.list(type, namespace, { limit: 1 });
    if (items.length > 0) return true;
  }
  return false;
}

/** Everything that is stored in namespaces; the reviews are not. */
function contentTypes({ resources }: ObjectContext): readonly ResourceType[] {
  const table = resources.table();
  // Once each, in whatever versions it is served.
  const isFirst = (type: ResourceType) => table.findResource(type.group, type.resource) === type;
  const isKeptHere = (type: ResourceType) => type.kept?.group === undefined && isFirst(type);
  return table.types
    .filter((type) => type.namespaced && type.verbs.includes('delete') && isKeptHere(type))
    .map(asKept);
}

/** The namespace went, or somebody else was faster: what was to be done has no point any more. */
function ignoreOvertaken(error: unknown): void {
  const overtaken = ['NotFound', 'Forbidden', 'AlreadyExists'];
  if (!(error instanceof StatusError) || !overtaken.includes(error.status.reason)) throw error;
}
