import type { KubeObject, ResourceType } from '../cluster/index.ts';
import type { AccountError } from '../identity/index.ts';
import {
  alreadyExists,
  conflict,
  type FieldError,
  fieldError,
  forbiddenObject,
  internalError,
  invalid,
  notFound,
  type StatusError,
  tooManyRequests,
} from '../kube/index.ts';

/**
 * A refusal of the identity provider as kube-apiserver would word it.
 * @param wanted what was sent, whose fields are quoted; never one of a kind that holds a secret
 */
export function accountFailure(
  error: AccountError,
  type: ResourceType,
  name: string,
  wanted?: KubeObject,
): StatusError {
  const { fault, field, message } = error;
  const refused = (problem: FieldError) => invalid(type, name, [problem]);
  switch (fault) {
    case 'notFound':
      return field === undefined
        ? notFound(type, name)
        : refused(invalidField(pathOf(field), wanted, message));
    case 'taken':
      return field === undefined
        ? alreadyExists(type, name)
        : refused({
            ...fieldError.duplicate(pathOf(field), valueAt(wanted, pathOf(field))),
            detail: message,
          });
    case 'changed':
      return conflict(type, name);
    case 'readOnly':
      return forbiddenObject(type, name, message);
    case 'invalid':
    case 'nesting':
      return invalid(
        type,
        name,
        (error.faults ?? [{ field, message }]).map((one) =>
          invalidField(pathOf(one.field), wanted, one.message),
        ),
      );
    case 'passwordRefused':
      return refused(fieldError.invalid('spec.password', undefined, message));
    case 'busy':
    case 'throttled':
      return tooManyRequests(Math.ceil((error.wait ?? 1000) / 1000), message);
    case 'wrongPassword':
    case 'resetInvalid':
      // Of those who prove who they are by it, and nobody does here.
      return internalError('an unexpected refusal');
  }
}

/** Where a field of an account stands in its object. */
function pathOf(field: string | undefined): string {
  if (field === undefined) return 'spec';
  return field === 'group' ? 'metadata.name' : `spec.${field}`;
}

function invalidField(path: string, wanted: KubeObject | undefined, message: string): FieldError {
  return fieldError.invalid(path, valueAt(wanted, path), message);
}

function valueAt(object: KubeObject | undefined, path: string): unknown {
  const parts = path.split(/[.[\]]+/).filter(Boolean);
  // All of a part is quoted by nobody.
  if (parts.length < 2) return undefined;
  return parts.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? Reflect.get(value, part)
        : undefined,
    object,
  );
}
