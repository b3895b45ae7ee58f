import { randomUUID } from 'node:crypto';
import { alreadyExists, conflict, invalid, notFound, untypedError } from '../../kube/index.ts';
import type { Condition } from '../../store/index.ts';
import { type Admission, admissionOf } from '../admission/index.ts';
import { namespaceTerminating } from '../failures.ts';
import { chargeQuotas } from '../quota/index.ts';
import { coreType, type KubeObject, type ObjectMeta, type ResourceType } from '../resources/index.ts';
import { applyDefaults, prepareForCreate } from '../schema/index.ts';
import { randomAllocators } from './allocators.ts';
import { generateName } from './generate-name.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import { bothExtras } from './object-store.ts';
import { confirmFree, reserve } from './reserve.ts';
import { type TrackFields, withManagedFields } from './track-fields.ts';

export interface CreateCall {
  readonly type: ResourceType;
  /** '' for a cluster-scoped type. */
  readonly namespace: string;
  /** Has passed checkTypes. */
  readonly object: KubeObject;
  readonly dryRun: boolean;
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
  const { name: asked = '', generateName: base = '' } = call.object.metadata;
  const generates = asked === '' && base !== '';
  let takenNames = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const conditions = await namespaceConditions(context, call);
    const admission = await admissionOf(context, type, namespace, 'create');
    const object = prepare(context, call, admission, generates ? generateName(base) : asked);
    const { name = '' } = object.metadata;
    // The check for escalation precedes validation, as in rbac's policybased storage.
    call.confirm?.(object);
    const errors = context.validate(type, object);
    if (errors.length > 0) throw invalid(type, name, errors);
    if (await context.objects.has(type, namespace, name)) {
      takenNames += 1;
      if (!generates || takenNames === maxNameAttempts) throw alreadyExists(type, name);
      continue;
    }
    await confirmFree(context, type, call.object, undefined);
    await admission.confirm(object);
    const charged = await chargeQuotas(context, type, object);
    if (call.dryRun) return withoutRevision(await context.objects.asRead(type, object));
    if (Number(call.object.metadata.resourceVersion ?? 0) !== 0) {
      throw untypedError('resourceVersion should not be set on objects to be created');
    }
    const spent = bothExtras(reserve(type, object, undefined), charged);
    const extras = bothExtras({ conditions, writes: [] }, spent);
    const stored = await context.objects.create(type, object, extras);
    if (stored !== undefined) return stored.object;
  }
  throw conflict(type, asked, 'its surroundings change too often; please try again');
}

const serverOnly = [
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'namespace',
  'selfLink',
  'managedFields',
] as const;

/** A fresh object with what only the server decides. */
function prepare(context: ObjectContext, call: CreateCall, admission: Admission, name: string): KubeObject {
  const { type, namespace } = call;
  const metadata: ObjectMeta = { ...call.object.metadata };
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(context);
  for (const field of serverOnly) delete metadata[field];
  if (name !== '') metadata.name = name;
  if (type.namespaced) metadata.namespace = namespace;
  if (type.hasGeneration) metadata.generation = 1;
  const defaulted = applyDefaults(type, { ...call.object, metadata });
  const managedFields = call.trackFields?.(defaulted, undefined, call.object.metadata['managedFields']);
  const admitted = prepareForCreate(type, admission.admit(defaulted), randomAllocators);
  return withManagedFields(admitted, managedFields);
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
