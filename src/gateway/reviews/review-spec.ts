import type { SelectorRequirement } from '../../kube/index.ts';
import { SELECTORS, type SelectorAttributes } from './review-selector.ts';

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
  for (const field of SELECTORS) {
    const selector = source[field] ?? undefined;
    if (selector === undefined) continue;
    attributes[field] = readSelector(selector, `spec.resourceAttributes.${field}`);
  }
  return attributes;
}

function readSelector(value: unknown, path: string): SelectorAttributes {
  const source = objectOf(value, path);
  const selector: Record<string, unknown> = {};
  copyText(source, 'rawSelector', selector, path);
  const requirements = source['requirements'] ?? [];
  if (!Array.isArray(requirements)) throw wrongType(`${path}.requirements`, 'list');
  if (requirements.length > 0) {
    selector['requirements'] = requirements.map((item, index) =>
      readRequirement(item, `${path}.requirements[${index}]`),
    );
  }
  return selector;
}

function readRequirement(value: unknown, path: string): SelectorRequirement {
  const source = objectOf(value, path);
  const texts: { key?: string; operator?: string } = {};
  for (const field of ['key', 'operator']) copyText(source, field, texts, path);
  const { key = '', operator = '' } = texts;
  const values = source['values'] ?? [];
  if (!isTextList(values)) throw wrongType(`${path}.values`, 'list of strings');
  return { key, operator, ...(values.length === 0 ? {} : { values }) };
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
