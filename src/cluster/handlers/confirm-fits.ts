import {
  badRequest,
  duplicateFields,
  encodeGoJson,
  type FieldValidation,
  fieldError,
  goValue,
  invalid,
  type StatusError,
} from '../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { checkTypes, goJsonType, isJsonObject, restoreProblem, unknownFields } from '../schema/index.ts';
import { conversionProblem } from './claimed-kind.ts';

/** Where a patched object comes from. */
export interface GivenPatch {
  /** The media type of a patch. */
  readonly contentType: string;
  readonly given: unknown;
  /** It as it was sent. */
  readonly text: string;
}

/**
 * Checks what the patch has made of the object; returns what the client is to be warned of.
 * Throws StatusError 400 or 422. Source: Kubernetes apiserver/pkg/endpoints/handlers/patch.go.
 */
export function confirmFits(
  type: ResourceType,
  patched: KubeObject,
  patch: GivenPatch,
  validation: FieldValidation,
): readonly string[] {
  const mismatch = checkTypes(type, patched);
  if (mismatch !== undefined && type.custom !== undefined) {
    const claims = `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}`;
    throw badRequest(`${claims}: ${mismatch}`);
  }
  const said =
    isStrategic(patch.contentType) && mismatch !== undefined ? restoreProblem(type, patched) : undefined;
  const problem = claimsProblem(type, patched, patch) ?? said ?? mismatch;
  if (problem !== undefined) throw doesNotFit(patched, patch, problem);
  const problems =
    validation === 'Ignore' ? [] : [...duplicateFields(patch.text), ...unknownFields(type, patched)];
  if (validation !== 'Strict' || problems.length === 0) return problems;
  throw doesNotFit(patched, patch, `strict decoding error: ${problems.join(', ')}`);
}

/** Another version or kind than the object's own. A strategic merge patch changes neither. */
function claimsProblem(
  type: ResourceType,
  patched: KubeObject,
  { contentType }: GivenPatch,
): string | undefined {
  if (isStrategic(contentType)) return undefined;
  const { apiVersion, kind }: Record<string, unknown> = patched;
  for (const [name, claim] of Object.entries({ apiVersion, kind })) {
    if (claim === undefined || claim === null || typeof claim === 'string') continue;
    const problem = `json: cannot unmarshal ${goJsonType(claim)} into Go struct field .${name} of type string`;
    return `couldn't get version/kind; json parse error: ${problem}`;
  }
  return conversionProblem(type, String(apiVersion || groupVersionOf(type)), String(kind || type.kind));
}

function isStrategic(contentType: string): boolean {
  return contentType === 'application/strategic-merge-patch+json';
}

function doesNotFit(patched: KubeObject, { contentType, given }: GivenPatch, problem: string): StatusError {
  const value = isStrategic(contentType) ? goValue(given) : encodeGoJson(rewritten(patched, touched(given)));
  return invalid({ group: '', kind: '' }, '', [fieldError.invalid('patch', value, problem)]);
}

/** What a patch goes into: a merge patch is that itself, of a JSON patch it is all paths together. */
function touched(given: unknown): unknown {
  if (!Array.isArray(given)) return given;
  const root = new Map<string, unknown>();
  for (const operation of given) {
    const { path } = operation as { readonly path?: unknown };
    let at = root;
    for (const token of String(path).split('/').slice(1)) {
      const next = at.get(token) ?? new Map();
      at.set(token, next);
      at = next as Map<string, unknown>;
    }
  }
  return root;
}

/** An object as Kubernetes' library writes it: what a patch has gone into, with sorted keys. */
function rewritten(value: unknown, into: unknown): unknown {
  const below = (key: string) =>
    into instanceof Map ? into.get(key) : isJsonObject(into) ? into[key] : undefined;
  if (!(into instanceof Map) && !isJsonObject(into)) return value;
  if (Array.isArray(value)) return value.map((each, index) => rewritten(each, below(String(index))));
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, rewritten(value[key], below(key))]));
}
