import {
  addWarnings,
  applyPatch,
  confirmFits,
  decodeBody,
  type KubeObject,
  parsePatch,
  parseWriteOptions,
  patchTypeOf,
  presentObject,
  respondJson,
  viewOf,
} from '../../cluster/index.ts';
import { readBody } from '../../http/index.ts';
import { AccountError } from '../../identity/index.ts';
import {
  badRequest,
  conflict,
  fieldError,
  invalid,
  methodNotAllowed,
  unsupportedMediaType,
  untypedError,
} from '../../kube/index.ts';
import { accountFailure } from '../account-failures.ts';
import type { Writing } from '../kind.ts';
import { LAST_APPLIED } from '../last-applied-annotation.ts';
import type { AdminCall, AdminHandler, ServingContext } from './admin-call.ts';
import { mustGet } from './list.ts';

/** POST to a collection. */
export const create: AdminHandler = async (context, call) => {
  const { kind, request, type } = call;
  const view = viewOf(context, call);
  if (kind.create === undefined) throw methodNotAllowed();
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('CreateOptions', call.query);
  const decoded = decodeBody(type, request.headers['content-type'], body, options.fieldValidation);
  const wanted = inNamespace(call, decoded.object);
  if (Number(wanted.metadata.resourceVersion ?? 0) !== 0)
    throw untypedError('resourceVersion should not be set on objects to be created');
  confirmRequired(call, wanted);
  const created = await translated(call, wanted, () => kind.create?.(wanted, call.writing(options.dryRun)));
  respondWritten(call, 201, presentObject(type, created, view), [...decoded.warnings, ...notKept(wanted)]);
};

/** PUT of one object. */
export const update: AdminHandler = async (context, call) => {
  const { request, type } = call;
  const view = viewOf(context, call);
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('UpdateOptions', call.query);
  const decoded = decodeBody(type, request.headers['content-type'], body, options.fieldValidation);
  const written = await write(call, call.writing(options.dryRun), () => decoded.object);
  const warnings = [...decoded.warnings, ...notKept(decoded.object)];
  respondWritten(call, 200, presentObject(type, written, view), warnings);
};

/** PATCH of one object: by JSON Patch or merge patch, as for custom resources. */
export const patch: AdminHandler = async (context, call) => {
  const { request, type } = call;
  const contentType = patchTypeOf(call);
  if (contentType === 'application/strategic-merge-patch+json')
    throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json']);
  const view = viewOf(context, call);
  const text = (await readBody(request, context.maxBodyBytes)).toString('utf8');
  const options = parseWriteOptions('PatchOptions', call.query);
  const given = parsePatch(text);
  let warnings: readonly string[] = [];
  const written = await write(call, call.writing(options.dryRun), (current) => {
    const patched = applyPatch({ contentType, current, patch: given, type });
    const from = { contentType, given, text };
    warnings = [...confirmFits(type, patched, from, options.fieldValidation), ...notKept(patched)];
    return patched;
  });
  respondWritten(call, 200, presentObject(type, written, view), warnings);
};

/** The path decides the namespace; a body may repeat it or leave it out. @throws StatusError 400 */
function inNamespace({ type, namespace }: AdminCall, object: KubeObject): KubeObject {
  if (!type.namespaced) return object;
  const { namespace: sent = '' } = object.metadata;
  if (sent !== '' && sent !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return { ...object, metadata: { ...object.metadata, namespace } };
}

const MOST_ATTEMPTS = 10;

/** Reads, changes and writes; anew when somebody else was faster and the client has not said of which revision it speaks. */
async function write(
  call: AdminCall,
  writing: Writing,
  change: (current: KubeObject) => KubeObject,
): Promise<KubeObject> {
  const { kind, type, name } = call;
  if (kind.update === undefined) throw methodNotAllowed();
  for (let attempt = 1; ; attempt++) {
    const current = await mustGet(call);
    const wanted = change(structuredClone(current));
    confirmSame(call, wanted, current);
    confirmRequired(call, wanted);
    const isPinned = Number(wanted.metadata.resourceVersion ?? 0) !== 0;
    try {
      return await kind.update(wanted, current, writing);
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      const wasLate = error.fault === 'changed' && !isPinned;
      if (!wasLate || attempt === MOST_ATTEMPTS) throw accountFailure(error, type, name, wanted);
    }
  }
}

/** @throws StatusError 400, 409 */
function confirmSame({ type, name }: AdminCall, wanted: KubeObject, current: KubeObject): void {
  const { name: sent = '', resourceVersion = '', uid = '' } = wanted.metadata;
  if (sent === '')
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (sent !== name)
    throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${name})`);
  const isStale = Number(resourceVersion || 0) !== 0 && resourceVersion !== current.metadata.resourceVersion;
  if (isStale || (uid !== '' && uid !== current.metadata.uid)) throw conflict(type, name);
}

/** What the schema wants to be there. @throws StatusError 422 */
function confirmRequired({ type, name }: AdminCall, wanted: KubeObject): void {
  const { spec } = wanted as { readonly spec?: Readonly<Record<string, unknown>> | null };
  const required = type.own?.schemas[`${type.schema}Spec`]?.required ?? [];
  const missing = required.filter((field) => (spec?.[field] ?? '') === '');
  if (missing.length === 0) return;
  throw invalid(
    type,
    wanted.metadata.name ?? name,
    missing.map((field) => fieldError.required(`spec.${field}`)),
  );
}

/** POST to a subresource: what is done with one object. */
export const act: AdminHandler = async (context: ServingContext, call) => {
  const action = call.kind.actions?.[call.subresource];
  if (action === undefined) throw methodNotAllowed();
  const body = await readBody(call.request, context.maxBodyBytes);
  const options = parseWriteOptions('CreateOptions', call.query);
  const type = call.request.headers['content-type'];
  const decoded = decodeBody(action.type, type, body, options.fieldValidation);
  const current = await mustGet(call);
  // Not what was sent: it may hold a secret, and errors quote.
  const done = await translated(call, undefined, () =>
    action.run(current, decoded.object, call.writing(options.dryRun)),
  );
  respondWritten(call, 201, done, decoded.warnings);
};

async function translated(
  { type, name }: AdminCall,
  wanted: KubeObject | undefined,
  work: () => Promise<KubeObject> | undefined,
): Promise<KubeObject> {
  try {
    const done = await work();
    if (done === undefined) throw methodNotAllowed();
    return done;
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    throw accountFailure(error, type, wanted?.metadata.name ?? name, wanted);
  }
}

function respondWritten(call: AdminCall, code: number, shown: unknown, warnings: readonly string[]): void {
  addWarnings(call.response, warnings);
  respondJson(call.request, call.query, call.response, code, shown);
}

/** What a client should know to be lost. */
function notKept({ metadata }: KubeObject): readonly string[] {
  const annotations = Object.keys(metadata.annotations ?? {}).filter((key) => key !== LAST_APPLIED);
  const labels = Object.keys(metadata.labels ?? {});
  return labels.length + annotations.length === 0
    ? []
    : ['labels and annotations are not kept on objects of sallyport.dev'];
}
