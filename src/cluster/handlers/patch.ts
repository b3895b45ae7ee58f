import { readBody } from '../../http/index.ts';
import {
  badRequest,
  duplicateFields,
  type FieldValidation,
  fieldError,
  goJsonProblem,
  invalid,
  unsupportedMediaType,
} from '../../kube/index.ts';
import { acceptedPatchTypes, applyPatch } from '../patch/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { checkTypes, unknownFields } from '../schema/index.ts';
import { apply, isApply } from './apply.ts';
import type { Call, Handler } from './handler-context.ts';
import { presentObject } from './present.ts';
import { addWarnings, respondJson } from './respond.ts';
import { trackingOf } from './tracking.ts';
import { viewOf } from './view-of.ts';
import { writeObject } from './write.ts';
import { parseWriteOptions } from './write-options.ts';

/** PATCH of one object or of its /status. A lost race is run again on the newer object. */
export const patch: Handler = async (context, call) => {
  const { request, response, type } = call;
  if (isApply(request)) return apply(context, call);
  const contentType = patchTypeOf(call);
  const view = viewOf(context, call);
  const text = (await readBody(request, context.maxBodyBytes)).toString('utf8');
  const options = parseWriteOptions('PatchOptions', call.query);
  const given = parsePatch(text);
  let warnings: readonly string[] = [];
  const write = { options, trackFields: trackingOf(context, call, options) };
  const written = await writeObject(context, call, write, (current) => {
    const patched = applyPatch({ contentType, current, patch: given, type });
    warnings = confirmFits(type, patched, text, options.fieldValidation);
    return patched;
  });
  addWarnings(response, warnings);
  respondJson(request, call.query, response, 200, presentObject(type, written, view));
};

const strategicMerge = 'application/strategic-merge-patch+json';
const customPatchTypes = [
  ...acceptedPatchTypes.filter((mediaType) => mediaType !== strategicMerge),
  'application/apply-patch+yaml',
];

/** Throws StatusError 415. */
export function patchTypeOf(call: Call): string {
  const mediaType = call.request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const accepted: readonly string[] = acceptedPatchTypes;
  if (!accepted.includes(mediaType)) throw unsupportedMediaType();
  // Its schema does not tell how lists are merged.
  if (call.type.custom !== undefined && mediaType === strategicMerge)
    throw unsupportedMediaType(customPatchTypes);
  return mediaType;
}

/** The patch's JSON. Throws StatusError 400. */
export function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`error decoding patch: ${goJsonProblem(text)}`);
  }
}

/**
 * Checks what the patch has made of the object; returns what the client is to be warned of.
 * Throws StatusError 400 or 422. Source: Kubernetes apiserver/pkg/endpoints/handlers/patch.go.
 */
export function confirmFits(
  type: ResourceType,
  patched: KubeObject,
  text: string,
  validation: FieldValidation,
): readonly string[] {
  const mismatch = checkTypes(type, patched);
  if (mismatch !== undefined) {
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ${mismatch}`,
    );
  }
  const problems = validation === 'Ignore' ? [] : [...duplicateFields(text), ...unknownFields(type, patched)];
  if (validation !== 'Strict' || problems.length === 0) return problems;
  const detail = `strict decoding error: ${problems.join(', ')}`;
  throw invalid({ group: '', kind: '' }, '', [fieldError.invalid('patch', text, detail)]);
}
