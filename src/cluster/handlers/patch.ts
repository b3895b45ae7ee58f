import { readBody } from '../../http/index.ts';
import { badRequest, fieldError, goJsonProblem, invalid, unsupportedMediaType } from '../../kube/index.ts';
import { acceptedPatchTypes, applyPatch } from '../patch/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { apply, isApply } from './apply.ts';
import { confirmFits } from './confirm-fits.ts';
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
    warnings = confirmFits(type, patched, { contentType, given, text }, options.fieldValidation);
    confirmSameUid(type, current, patched);
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

/** Of an object that is there, a patch changes no UID; only who replaces it may have meant another one. Throws StatusError 422. */
function confirmSameUid(type: ResourceType, current: KubeObject, { metadata }: KubeObject): void {
  const { uid = '' } = metadata;
  if (uid === '' || uid === current.metadata.uid) return;
  const error = fieldError.invalid('metadata.uid', uid, 'field is immutable');
  throw invalid(type, String(current.metadata.name), [error]);
}
