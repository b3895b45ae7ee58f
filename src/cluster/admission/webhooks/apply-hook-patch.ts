import { isDeepStrictEqual } from 'node:util';
import { goQuote, internalError, isDeeperThan } from '../../../kube/index.ts';
import { jsonPatch, maxJsonPatchOperations, PatchFailure } from '../../patch/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { applyDefaults, asText, checkTypes, isJsonObject } from '../../schema/index.ts';
import { kindOf } from '../attributes.ts';
import type { Verdict } from './admission-review.ts';
import { type Hook, HookCallError } from './hook.ts';

/** Objects nest no deeper; walking them is recursive and has only the stack. */
const maxDepth = 200;

type Operation = Readonly<Record<string, unknown>>;

/**
 * The object as a webhook's patch makes it, with defaults; the object itself when the patch changes nothing. Throws
 * HookCallError for a patch that is none, StatusError 500 for one that does not fit.
 * Source: apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go callAttrMutatingHook.
 * @param object undefined when there is none to change
 */
export function applyHookPatch(
  hook: Hook,
  { patch, patchType }: Verdict,
  matched: ResourceType,
  subresource: string,
  object: KubeObject | undefined,
): KubeObject | undefined {
  const operations = patch.length === 0 ? [] : operationsOf(hook, patch.toString('utf8'));
  if (operations.length === 0) return object;
  if (object === undefined) {
    throw internalError(
      `admission webhook ${goQuote(hook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  }
  if (patchType !== 'JSONPatch') {
    throw new HookCallError(hook, `unsupported patch type ${goQuote(patchType)}`, 400);
  }
  const patched = applyOperations(object, operations);
  const decoded = decodePatched(patched, matched, subresource, object);
  return isDeepStrictEqual(decoded, object) ? object : decoded;
}

function operationsOf(hook: Hook, text: string): readonly Operation[] {
  const refuse = (why: string) =>
    new HookCallError(hook, `received undecodable patch in webhook response: ${why}`, 503);
  let operations: unknown;
  try {
    operations = JSON.parse(text);
  } catch {
    throw refuse('it is no JSON');
  }
  if (!Array.isArray(operations) || !operations.every(isJsonObject))
    throw refuse('it is no list of operations');
  if (isDeeperThan(operations, maxDepth)) throw refuse('json: exceeded max depth');
  if (operations.length > maxJsonPatchOperations) {
    throw refuse(`it has more than ${maxJsonPatchOperations} operations`);
  }
  return operations;
}

function applyOperations(document: unknown, operations: readonly Operation[]): unknown {
  try {
    return jsonPatch(document, operations);
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error;
    const { operation = {}, message } = error;
    const [op, path] = [asText(operation['op']), asText(operation['path']) ?? ''];
    if (op === undefined) throw internalError(message);
    if (op === 'test') throw internalError(`testing value ${path} failed: test failed`);
    const what = op === 'replace' ? `key: ${path}` : `path: ${goQuote(path)}`;
    throw internalError(`${op} operation does not apply: doc is missing ${what}: missing value`);
  }
}

function decodePatched(
  patched: unknown,
  matched: ResourceType,
  subresource: string,
  { apiVersion, kind }: KubeObject,
): KubeObject {
  if (!isJsonObject(patched) || patched['kind'] !== kind || patched['apiVersion'] !== apiVersion) {
    throw internalError(`the patch does not leave a ${kind} of ${apiVersion}`);
  }
  const object = { ...patched, metadata: patched['metadata'] ?? {} } as KubeObject;
  // What a subresource's own kind holds is the registry's to look at.
  if (kindOf(matched, subresource).kind !== matched.kind) return patched as KubeObject;
  const mismatch = checkTypes(matched, object);
  if (mismatch !== undefined) throw internalError(mismatch);
  return applyDefaults(matched, object);
}
