import { type FieldError, fieldError, invalid } from '../kube/index.ts';
import { isNamespacedKind, type PolicyObject, RBAC_GROUP } from './model.ts';
import { validatePolicyObject } from './validate.ts';

/** An object that Kubernetes would not take, and all that is wrong with it. */
export interface InvalidObject {
  readonly object: PolicyObject;
  readonly errors: readonly FieldError[];
}

const MAX_LINES = 50;

/** Objects that are no policy. The message has a line for each: which object, then Kubernetes' own message. */
export class InvalidPolicyError extends Error {
  override readonly name = 'InvalidPolicyError';
  readonly objects: readonly InvalidObject[];

  constructor(objects: readonly InvalidObject[]) {
    const lines = objects.slice(0, MAX_LINES).map(describe);
    const more = objects.length - lines.length;
    super([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'));
    this.objects = objects;
  }
}

/**
 * Checks objects that are to be taken all at once.
 * @throws InvalidPolicyError that tells of every invalid one
 */
export function refuseInvalid(objects: readonly PolicyObject[]): void {
  const refused = objects
    .map((object) => ({ object, errors: errorsOf(object) }))
    .filter(({ errors }) => errors.length > 0);
  if (refused.length > 0) {
    throw new InvalidPolicyError(refused);
  }
}

// Without a namespace or a name of its own (`generateName`) an object would take another's place.
function errorsOf(object: PolicyObject): FieldError[] {
  const { name, namespace, generateName } = object.metadata;
  const errors = validatePolicyObject(object);
  if (!name && generateName) {
    errors.unshift(fieldError.required('metadata.name'));
  }
  if (!namespace && isNamespacedKind(object.kind)) {
    errors.unshift(fieldError.required('metadata.namespace'));
  }
  return errors;
}

function describe({ object: { kind, metadata }, errors }: InvalidObject): string {
  const { name = '', namespace } = metadata;
  const place = isNamespacedKind(kind) ? `${namespace ?? ''}/${name}` : name;
  return `${kind} ${place}: ${invalid({ group: RBAC_GROUP, kind }, name, errors).status.message}`;
}
