import {
  badRequest,
  isDeeperThan,
  tooManyOperations,
  unprocessablePatch,
  unsupportedMediaType,
} from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { goJsonType, isJsonObject, schemaOf } from '../schema/index.ts';
import { jsonPatch, maxJsonPatchOperations } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { PatchFailure } from './patch-failure.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

/** The Content-Types that a PATCH may have. */
export const acceptedPatchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

export interface PatchRequest {
  /** The Content-Type header; parameters are ignored. */
  readonly contentType: string;
  readonly current: KubeObject;
  /** The parsed body. */
  readonly patch: unknown;
  readonly type: ResourceType;
}

/** A patch nests no deeper than objects do; the walks below are recursive and have only the stack. */
const maxPatchDepth = 200;

/**
 * The patched object, a new one. It may be anything of the right outline: the caller checks types, unknown fields,
 * immutable metadata and validity as for an update. Throws a StatusError: 415 for another Content-Type, 400 for a
 * malformed patch, 422 for one that does not apply.
 */
export function applyPatch(request: PatchRequest): KubeObject {
  const mediaType = request.contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/apply-patch+yaml') throw unsupportedMediaType(acceptedPatchTypes);
  if (isDeeperThan(request.patch, maxPatchDepth))
    throw badRequest('error decoding patch: json: exceeded max depth');
  try {
    return asObject(patched(mediaType, request));
  } catch (error) {
    // kube-apiserver does not say either what did not fit.
    if (error instanceof PatchFailure) throw unprocessablePatch();
    throw error;
  }
}

function patched(mediaType: string | undefined, { current, patch, type }: PatchRequest): unknown {
  switch (mediaType) {
    case 'application/json-patch+json':
      return jsonPatch(current, operationsOf(patch));
    case 'application/merge-patch+json':
      return mergePatch(current, objectOf(patch));
    case 'application/strategic-merge-patch+json':
      return strategicMergePatch(current, strategicOf(patch), schemaOf(type));
    default:
      throw unsupportedMediaType();
  }
}

function operationsOf(patch: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(patch)) throw badDecode(patch, '[]handlers.jsonPatchOp');
  if (patch.length > maxJsonPatchOperations) {
    throw tooManyOperations(maxJsonPatchOperations, patch.length);
  }
  return patch.map((operation) => {
    if (!isJsonObject(operation)) throw badDecode(operation, 'handlers.jsonPatchOp');
    return operation;
  });
}

function objectOf(patch: unknown): Record<string, unknown> {
  if (!isJsonObject(patch)) throw badDecode(patch, 'map[string]interface {}');
  return patch;
}

/** What is null changes nothing; of anything else it is not said what was decoded. */
function strategicOf(patch: unknown): Record<string, unknown> {
  if (patch === null) return {};
  if (isJsonObject(patch)) return patch;
  const problem = `json: cannot unmarshal ${goJsonType(patch)} into Go value of type map[string]interface {}`;
  throw badRequest(problem);
}

function badDecode(value: unknown, goType: string) {
  const found = goJsonType(value);
  return badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type ${goType}`);
}

/** The whole document may have been replaced; what is left of it must still be an object with metadata. */
function asObject(document: unknown): KubeObject {
  if (!isJsonObject(document)) throw new PatchFailure('the result is no object');
  const { metadata } = document;
  if (metadata !== undefined && !isJsonObject(metadata)) throw new PatchFailure('metadata is no object');
  return { ...document, metadata: metadata ?? {} };
}
