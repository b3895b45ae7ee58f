import { randomUUID } from 'node:crypto';
import { alreadyExists, badRequest, conflict, invalid, notFound, untypedError } from '../../kube/index.ts';
import type { Condition } from '../../store/index.ts';
import { type Admission, admissionOf } from '../admission/index.ts';
import { namespaceTerminating } from '../failures.ts';
import type { ManagedFieldsEntry } from '../ownership/index.ts';
import { chargeQuotas } from '../quota/index.ts';
import { coreType, type KubeObject, type ObjectMeta } from '../resources/index.ts';
import { admitNew, applyDefaults, prepareForCreate } from '../schema/index.ts';
import { randomAllocators } from './allocators.ts';
import { generateName } from './generate-name.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import { bothExtras } from './object-store.ts';
import { refusedAs } from './refused-as.ts';
import { confirmFree, reserve } from './reserve.ts';
import { type ReviewedCall, type Reviewers, reviewersOf } from './review-write.ts';
import { type TrackFields, withManagedFields } from './track-fields.ts';

export interface CreateCall extends ReviewedCall {
  /** '' for a cluster-scoped type. */
  readonly namespace: string;
  /** Has passed checkTypes. */
  readonly object: KubeObject;
  /** Who owns which field then; nobody when absent. */
  readonly trackFields?: TrackFields;
  /** Further permission that the content needs; throws when it is missing. */
  confirm?(object: KubeObject): void;
}

/** A generated name is tried again when it is taken. Source: Kubernetes registry/generic/registry/store.go. */
const maxNameAttempts = 8;
const maxAttempts = 50;

/**
 * Makes a new object and returns it as stored (for a dry run: without resourceVersion).
 * Throws StatusError: 404 or 403 for the namespace, 409 when it exists, 422 when it is invalid.
 * Source: Kubernetes registry/rest/create.go BeforeCreate.
 */
export async function createObject(context: ObjectContext, call: CreateCall): Promise<KubeObject> {
  const { type, namespace } = call;
  const asked = call.object.metadata.name ?? '';
  const reviewers = reviewersOf(context, call, 'CREATE');
  let reviewed: Draft | undefined;
  let takenNames = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const conditions = await namespaceConditions(context, call);
    const admission = await admissionOf(context, type, namespace, 'create');
    if (reviewers !== undefined) reviewed ??= await mutated(reviewers, call, admission);
    const draft = reviewed ?? admittedDraft(call, admission);
    const { name: wanted = '', generateName: base = '' } = draft.object.metadata;
    const generates = wanted === '' && base !== '';
    const object = prepare(context, call, draft, generates ? generateName(base) : wanted);
    const { name = '' } = object.metadata;
    // The check for escalation precedes validation, as in rbac's policybased storage.
    call.confirm?.(object);
    const errors = context.validate(type, object);
    if (errors.length > 0) throw invalid(refusedAs(type), name, errors);
    await reviewers?.validate(reviewers.attributes(asked, object, undefined));
    if (await context.objects.has(type, namespace, name)) {
      takenNames += 1;
      if (!generates || takenNames === maxNameAttempts) throw alreadyExists(type, name);
      continue;
    }
    await confirmFree(context, type, draft.object, undefined);
    await admission.confirm(object);
    const charged = await chargeQuotas(context, type, object);
    if (call.dryRun) return withoutRevision(await context.objects.asRead(type, object));
    if (Number(call.object.metadata.resourceVersion ?? 0) !== 0) {
      throw untypedError('resourceVersion should not be set on objects to be created');
    }
    const spent = bothExtras(reserve(context, type, object, undefined), charged);
    const extras = bothExtras({ conditions, writes: [] }, spent);
    const stored = await context.objects.create(type, object, extras);
    if (stored !== undefined) return stored.object;
  }
  throw conflict(type, asked, 'its surroundings change too often; please try again');
}

const serverOnly = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'namespace',
  'selfLink',
  'managedFields',
] as const;

interface Draft {
  /** With defaults, and with nothing that only the server decides. */
  readonly object: KubeObject;
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
}

function drafted({ type, namespace, object: asked, trackFields }: CreateCall): Draft {
  const metadata = withoutServerOnly(asked.metadata);
  if (type.namespaced) metadata.namespace = namespace;
  const object = applyDefaults(type, { ...asked, metadata });
  return { object, managedFields: trackFields?.(object, undefined, asked.metadata['managedFields']) };
}

function admittedDraft(call: CreateCall, admission: Admission): Draft {
  const draft = drafted(call);
  return { ...draft, object: admission.admit(draft.object) };
}

/**
 * What the plugins and then webhooks make of the wanted object: what they add has no owner. Throws StatusError when a webhook
 * refuses.
 */
async function mutated(reviewers: Reviewers, call: CreateCall, admission: Admission): Promise<Draft> {
  const { type, namespace } = call;
  const { object: draft, managedFields } = drafted(call);
  const plugins = (object: KubeObject) => admitNew(type, admission.admit(object), randomAllocators);
  const shown = withManagedFields(draft, managedFields);
  const object =
    (await reviewers.mutate(reviewers.attributes(draft.metadata.name ?? '', shown, undefined), plugins)) ??
    draft;
  if (type.namespaced && (object.metadata.namespace ?? namespace) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const metadata = { ...withoutServerOnly(object.metadata), ...(type.namespaced && { namespace }) };
  return { object: { ...object, metadata }, managedFields };
}

function withoutServerOnly(given: ObjectMeta): ObjectMeta {
  const metadata = { ...given };
  for (const field of serverOnly) delete metadata[field];
  return metadata;
}

/** A fresh object with what only the server decides. */
function prepare(
  context: ObjectContext,
  { type }: CreateCall,
  { object, managedFields }: Draft,
  name: string,
): KubeObject {
  const metadata: ObjectMeta = {
    ...object.metadata,
    uid: randomUUID(),
    creationTimestamp: timestamp(context),
  };
  if (name !== '') metadata.name = name;
  if (type.hasGeneration) metadata.generation = 1;
  return withManagedFields(prepareForCreate(type, { ...object, metadata }, randomAllocators), managedFields);
}

/**
 * Nothing is made in a namespace that is absent or on its way out. As a condition of the write, so that no object slips
 * in behind the emptying of a namespace. Source: plugin/pkg/admission/namespace/lifecycle.
 */
async function namespaceConditions(context: ObjectContext, call: CreateCall): Promise<Condition[]> {
  if (!call.type.namespaced) return [];
  const current = await context.objects.get(coreType('namespaces'), '', call.namespace);
  if (current === undefined) throw notFound({ group: '', resource: 'namespaces' }, call.namespace);
  if (current.object.metadata.deletionTimestamp !== undefined) {
    throw namespaceTerminating(call.type, call.object.metadata.name ?? '', call.namespace);
  }
  return [{ key: current.key, modRevision: current.revision }];
}

function withoutRevision(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
