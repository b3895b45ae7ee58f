import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';

const PATH = 'metadata.ownerReferences';

/** Source: Kubernetes apimachinery/pkg/api/validation/objectmeta.go ValidateOwnerReferences. */
export function validateOwners(owners: unknown): FieldError[] {
  const references = asJsonArray(owners).map(asJsonObject);
  return [...references.flatMap(ownerErrors), ...controllerErrors(references)];
}

/** Of the second controller only: the error has all references in it, and there may be as many as a body takes. */
function controllerErrors(references: readonly Record<string, unknown>[]): FieldError[] {
  const [first, second] = references.filter(({ controller }) => controller === true).map(nameOf);
  if (first === undefined || second === undefined) return [];
  const both = `Found "true" in references for ${first} and ${second}`;
  const detail = `Only one reference can have Controller set to true. ${both}`;
  return [fieldError.invalid(PATH, references.map(written), detail)];
}

function nameOf({ kind, name }: Record<string, unknown>): string {
  return `${String(kind)}/${String(name)}`;
}

function ownerErrors(reference: Record<string, unknown>): FieldError[] {
  const apiVersion = asText(reference['apiVersion']) ?? '';
  const errors = ['kind', 'name', 'uid']
    .filter((field) => asText(reference[field]) === undefined)
    .map((field) => fieldError.invalid(`${PATH}.${field}`, '', 'must not be empty'));
  if (!/^(?:[^/]*\/)?[^/]+$/.test(apiVersion))
    errors.unshift(fieldError.invalid(`${PATH}.apiVersion`, apiVersion, 'version must not be empty'));
  // Events are too many, and gone too soon, to own anything.
  if (apiVersion === 'v1' && reference['kind'] === 'Event') {
    const detail = '/v1, Kind=Event is disallowed from being an owner';
    errors.push(fieldError.invalid(PATH, written(reference), detail));
  }
  return errors;
}

/** In the order of Go's struct. */
function written(owner: unknown): object {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = asJsonObject(owner);
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion };
}
