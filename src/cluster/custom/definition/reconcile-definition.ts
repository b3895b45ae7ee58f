import { isDeepStrictEqual } from 'node:util';
import { definitionFinalizer } from '../../objects/behaviour.ts';
import { deleteObject } from '../../objects/delete-object.ts';
import { ignoreNotFound } from '../../objects/is-not-found.ts';
import { type ObjectContext, timestamp } from '../../objects/object-context.ts';
import { ownWriters } from '../../objects/own-writers.ts';
import { trackedAs } from '../../objects/tracked-as.ts';
import { updateObject } from '../../objects/update-object.ts';
import { asKept, type ResourceType } from '../../resources/index.ts';
import { type CustomResources, definitionType } from '../custom-resources.ts';
import { acceptNames } from './accept-names.ts';
import { type Definition, type DefinitionCondition, type DefinitionStatus, isTrue } from './definition.ts';

/** Objects of a definition on its way out, and when they were seen. */
export interface ObjectsLeft {
  readonly type: ResourceType;
  readonly revision: number;
}

/**
 * Brings a definition to where it should be: its names granted, then established; when it is deleted, its objects removed
 * and then itself. It may be asked too often.
 * Source: apiextensions-apiserver/pkg/controller/{status,establish,finalizer}.
 * @returns the objects that it waits for, if it does
 */
export async function reconcileDefinition(
  context: ObjectContext,
  resources: CustomResources,
  name: string,
): Promise<ObjectsLeft | undefined> {
  const definition = resources.definitions().get(name);
  if (definition === undefined) return undefined;
  if (definition.metadata.deletionTimestamp !== undefined) return terminate(context, resources, definition);
  if (isSettled(definition)) return undefined;
  const others = [...resources.definitions().values()].filter(
    (other) => other.spec.group === definition.spec.group && other.metadata.name !== name,
  );
  await writeStatus(context, name, (current) => {
    const { names, condition } = acceptNames(current, others);
    const established = establishedCondition(current, condition);
    return withConditions(
      { ...current.status, acceptedNames: names },
      [condition, established],
      timestamp(context),
    );
  });
  return undefined;
}

/** Whether it has all the names that it asks for, and is served by them. */
function isSettled(definition: Definition): boolean {
  const { spec, status } = definition;
  return isTrue(definition, 'Established') && isDeepStrictEqual(spec.names, status?.acceptedNames);
}

/** Once established, a definition stays so. */
function establishedCondition(definition: Definition, names: DefinitionCondition): DefinitionCondition {
  const before = definition.status?.conditions?.find(({ type }) => type === 'Established');
  if (before?.status === 'True') return before;
  return names.status === 'True'
    ? {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      }
    : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

/** Removes the objects; those with finalizers stay for a while, and so does the definition. */
async function terminate(
  context: ObjectContext,
  resources: CustomResources,
  definition: Definition,
): Promise<ObjectsLeft | undefined> {
  const { name = '', finalizers = [] } = definition.metadata;
  if (!finalizers.includes(definitionFinalizer)) return undefined;
  const stored = resources.typesOf(name)?.stored;
  const left = stored && (await removeObjects(context, asKept(stored)));
  if (left !== undefined) {
    await writeStatus(context, name, ({ status = {} }) =>
      withConditions(
        status,
        [
          {
            type: 'Terminating',
            status: 'True',
            reason: 'InstanceDeletionInProgress',
            message: 'CustomResource deletion is in progress',
          },
        ],
        timestamp(context),
      ),
    );
    return left;
  }
  await updateObject(context, {
    type: definitionType(),
    namespace: '',
    name,
    part: 'main',
    dryRun: false,
    trackFields: trackedAs(context, definitionType(), ownWriters.apiServer, ''),
    change: (current) => {
      const left = (current.metadata.finalizers ?? []).filter((each) => each !== definitionFinalizer);
      return { ...current, metadata: { ...current.metadata, finalizers: left } };
    },
  }).catch(ignoreNotFound);
  return undefined;
}

async function removeObjects(context: ObjectContext, type: ResourceType): Promise<ObjectsLeft | undefined> {
  const { items } = await context.objects.list(type, '');
  for (const { object } of items) {
    const { name = '', namespace = '', deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined) continue;
    await deleteObject(context, { type, namespace, name, dryRun: false }).catch(ignoreNotFound);
  }
  const { items: left, revision } = await context.objects.list(type, '', { limit: 1 });
  return left.length === 0 ? undefined : { type, revision };
}

async function writeStatus(
  context: ObjectContext,
  name: string,
  statusOf: (definition: Definition) => DefinitionStatus,
): Promise<void> {
  const type = definitionType();
  await updateObject(context, {
    type,
    namespace: '',
    name,
    part: 'status',
    dryRun: false,
    trackFields: trackedAs(context, type, ownWriters.apiServer, 'status'),
    change: (current) => ({ ...current, status: statusOf(current as Definition) }),
  }).catch(ignoreNotFound);
}

/** The status with these conditions; one that says what it said before keeps its time. */
function withConditions(
  status: DefinitionStatus,
  conditions: readonly DefinitionCondition[],
  now: string,
): DefinitionStatus {
  const before = status.conditions ?? [];
  const timed = conditions.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const { lastTransitionTime = now, ...said } = old ?? {};
    const { lastTransitionTime: _, ...says } = condition;
    if (isDeepStrictEqual(said, says)) return { ...says, lastTransitionTime };
    return { ...says, lastTransitionTime: old?.status === condition.status ? lastTransitionTime : now };
  });
  const kept = before.filter((old) => !timed.some(({ type }) => type === old.type));
  return { ...status, conditions: [...kept, ...timed] };
}
