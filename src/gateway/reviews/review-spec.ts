import { type FieldError, fieldError, invalid } from '../../kube/index.ts';

/** A SubjectAccessReview's question, with Kubernetes' field names. Unknown members of the client's spec are dropped. */
export interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly uid?: string;
}

export interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly fieldSelector?: SelectorAttributes;
  readonly labelSelector?: SelectorAttributes;
}

export interface NonResourceAttributes {
  readonly path?: string;
  readonly verb?: string;
}

export interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly unknown[];
}

type Json = Readonly<Record<string, unknown>>;

const RESOURCE_FIELDS = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'] as const;

/**
 * Takes what is known from a client's spec, in the order in which Kubernetes prints it.
 * @param withSubject whether user, groups, extra and uid belong to the kind (SubjectAccessReview, LocalSubjectAccessReview)
 * @throws Error with Go's decoding text when a member has the wrong JSON type
 */
export function readReviewSpec(value: unknown, withSubject: boolean): ReviewSpec {
  const spec = objectOf(value, 'spec');
  const resource = spec['resourceAttributes'] ?? undefined;
  const path = spec['nonResourceAttributes'] ?? undefined;
  return {
    ...(resource === undefined ? {} : { resourceAttributes: readResourceAttributes(resource) }),
    ...(path === undefined ? {} : { nonResourceAttributes: readNonResourceAttributes(path) }),
    ...(withSubject ? readSubject(spec) : {}),
  };
}

function readResourceAttributes(value: unknown): ResourceAttributes {
  const source = objectOf(value, 'spec.resourceAttributes');
  const attributes: Record<string, unknown> = {};
  for (const field of RESOURCE_FIELDS) copyText(source, field, attributes, 'spec.resourceAttributes');
  for (const field of ['fieldSelector', 'labelSelector']) {
    const selector = source[field];
    if (selector !== undefined && selector !== null) {
      attributes[field] = objectOf(selector, `spec.resourceAttributes.${field}`);
    }
  }
  return attributes;
}

function readNonResourceAttributes(value: unknown): NonResourceAttributes {
  const source = objectOf(value, 'spec.nonResourceAttributes');
  const attributes: Record<string, unknown> = {};
  for (const field of ['path', 'verb']) copyText(source, field, attributes, 'spec.nonResourceAttributes');
  return attributes;
}

function readSubject(spec: Json): Omit<ReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'> {
  const subject: Record<string, unknown> = {};
  copyText(spec, 'user', subject, 'spec');
  const groups = spec['groups'];
  if (groups !== undefined && groups !== null) {
    if (!isTextList(groups)) throw wrongType('spec.groups', 'list of strings');
    if (groups.length > 0) subject['groups'] = groups;
  }
  const extra = spec['extra'];
  if (extra !== undefined && extra !== null) {
    for (const [key, values] of Object.entries(objectOf(extra, 'spec.extra'))) {
      if (!isTextList(values)) throw wrongType(`spec.extra[${key}]`, 'list of strings');
    }
    subject['extra'] = extra;
  }
  copyText(spec, 'uid', subject, 'spec');
  return subject;
}

function copyText(source: Json, field: string, into: Record<string, unknown>, path: string): void {
  const value = source[field];
  if (value === undefined || value === null || value === '') return;
  if (typeof value !== 'string') throw wrongType(`${path}.${field}`, 'string');
  into[field] = value;
}

function objectOf(value: unknown, path: string): Json {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, 'object');
  return value as Json;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function wrongType(path: string, expected: string): Error {
  return new Error(`${path}: expected ${expected}`);
}

/**
 * Source: Kubernetes pkg/apis/authorization/validation; the recorded 422s have an empty kind.
 * @throws StatusError 422
 */
export function validateReviewSpec(
  spec: ReviewSpec,
  withSubject: boolean,
  ownErrors: readonly FieldError[],
): void {
  const errors: FieldError[] = [];
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (resource && path) {
    errors.push(
      fieldError.invalid(
        'spec.nonResourceAttributes',
        { Path: path.path ?? '', Verb: path.verb ?? '' },
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  } else if (!resource && !path) {
    errors.push(
      fieldError.invalid(
        'spec.resourceAttributes',
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  }
  for (const name of ['fieldSelector', 'labelSelector'] as const) {
    errors.push(...validateSelector(`spec.resourceAttributes.${name}`, resource?.[name]));
  }
  if (withSubject && !spec.user && !spec.groups?.length) {
    errors.push(fieldError.invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  errors.push(...ownErrors);
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors);
}

function validateSelector(path: string, selector: SelectorAttributes | undefined): FieldError[] {
  if (selector === undefined) return [];
  const hasRequirements = (selector.requirements?.length ?? 0) > 0;
  if (selector.rawSelector && hasRequirements) {
    return [
      fieldError.invalid(
        `${path}.rawSelector`,
        selector.rawSelector,
        'may not specified at the same time as requirements',
      ),
    ];
  }
  if (selector.rawSelector || hasRequirements) return [];
  return [
    fieldError.required(
      `${path}.requirements`,
      `when ${path} is specified, requirements or rawSelector is required`,
    ),
  ];
}
