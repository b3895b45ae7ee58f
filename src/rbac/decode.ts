import { goQuote, type LabelSelector } from '../kube/index.ts';
import {
  type AggregationRule,
  isNamespacedKind,
  isPolicyKind,
  type ObjectMeta,
  type PolicyKind,
  type PolicyObject,
  type PolicyRule,
  RBAC_API_VERSION,
  RESOURCE_OF_KIND,
  type RoleRef,
  type Subject,
} from './model.ts';

/** Where in a value something is. */
export type Path = readonly (string | number)[];

/** The value is not what its place asks for. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly path: Path;

  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const FIELDS: Readonly<Record<PolicyKind, readonly string[]>> = {
  Role: ['rules'],
  ClusterRole: ['rules', 'aggregationRule'],
  RoleBinding: ['subjects', 'roleRef'],
  ClusterRoleBinding: ['subjects', 'roleRef'],
};
const STRING_LISTS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

/**
 * Reads one RBAC object. Fields that the API does not know are refused, not ignored as kube-apiserver does: a misspelt
 * `resourceNames` would widen a rule to all names. `kind` and `apiVersion` are what a surrounding list implies.
 * @throws ShapeError
 */
export function decodePolicyObject(value: unknown, path: Path, implied: Fields = {}): PolicyObject {
  const fields = { ...implied, ...asObject(value, path) };
  const kind = asString(fields['kind'], [...path, 'kind']);
  if (!isPolicyKind(kind)) {
    const expected = Object.keys(RESOURCE_OF_KIND).join(', ');
    throw new ShapeError(
      [...path, 'kind'],
      `kind ${goQuote(kind)} is no policy: expected one of ${expected}`,
    );
  }
  const apiVersion = asString(fields['apiVersion'], [...path, 'apiVersion']);
  if (apiVersion !== RBAC_API_VERSION) {
    throw new ShapeError(
      [...path, 'apiVersion'],
      `apiVersion of a ${kind}: expected ${RBAC_API_VERSION}, found ${goQuote(apiVersion)}`,
    );
  }
  refuseUnknown(fields, path, ['apiVersion', 'kind', 'metadata', ...FIELDS[kind]]);
  const metadata = decodeMetadata(fields['metadata'], [...path, 'metadata'], kind);
  const rules = () => ({ rules: asList(fields['rules'], [...path, 'rules'], decodeRule) });
  const binding = () => ({
    subjects: asList(fields['subjects'], [...path, 'subjects'], decodeSubject),
    roleRef: decodeRoleRef(fields['roleRef'], [...path, 'roleRef']),
  });
  switch (kind) {
    case 'Role':
      return { apiVersion, kind, metadata, ...rules() };
    case 'ClusterRole':
      return {
        apiVersion,
        kind,
        metadata,
        ...rules(),
        ...decodeAggregation(fields['aggregationRule'], path),
      };
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return { apiVersion, kind, metadata, ...binding() };
  }
}

function decodeMetadata(value: unknown, path: Path, kind: PolicyKind): ObjectMeta {
  const { namespace: given, ...metadata } = asObject(value, path);
  asString(metadata['name'], [...path, 'name']);
  for (const map of ['labels', 'annotations']) {
    for (const [key, text] of Object.entries(asObject(metadata[map] ?? {}, [...path, map]))) {
      asString(text, [...path, map, key]);
    }
  }
  if (!isNamespacedKind(kind)) {
    return metadata;
  }
  const namespace = asString(given, [...path, 'namespace']);
  if (namespace === '') {
    throw new ShapeError(
      [...path, 'namespace'],
      `metadata.namespace of a ${kind}: expected a namespace, found ""`,
    );
  }
  return { ...metadata, namespace };
}

function decodeRule(value: unknown, path: Path): PolicyRule {
  const fields = asObject(value, path);
  refuseUnknown(fields, path, STRING_LISTS);
  const lists = STRING_LISTS.filter((key) => fields[key] !== undefined && fields[key] !== null);
  return Object.fromEntries(lists.map((key) => [key, asList(fields[key], [...path, key], asString)]));
}

function decodeSubject(value: unknown, path: Path): Subject {
  const fields = asObject(value, path);
  refuseUnknown(fields, path, ['kind', 'apiGroup', 'name', 'namespace']);
  return {
    kind: asString(fields['kind'], [...path, 'kind']),
    name: asString(fields['name'], [...path, 'name']),
    ...optionalString(fields, path, 'apiGroup'),
    ...optionalString(fields, path, 'namespace'),
  };
}

function decodeRoleRef(value: unknown, path: Path): RoleRef {
  const fields = asObject(value, path);
  refuseUnknown(fields, path, ['apiGroup', 'kind', 'name']);
  return {
    ...optionalString(fields, path, 'apiGroup'),
    kind: asString(fields['kind'], [...path, 'kind']),
    name: asString(fields['name'], [...path, 'name']),
  };
}

function decodeAggregation(value: unknown, parent: Path): { aggregationRule?: AggregationRule } {
  if (value === undefined || value === null) {
    return {};
  }
  const path = [...parent, 'aggregationRule'];
  const fields = asObject(value, path);
  refuseUnknown(fields, path, ['clusterRoleSelectors']);
  const clusterRoleSelectors = asList(
    fields['clusterRoleSelectors'],
    [...path, 'clusterRoleSelectors'],
    decodeSelector,
  );
  return { aggregationRule: { clusterRoleSelectors } };
}

function decodeSelector(value: unknown, path: Path): LabelSelector {
  const fields = asObject(value, path);
  refuseUnknown(fields, path, ['matchLabels', 'matchExpressions']);
  const labels = Object.entries(asObject(fields['matchLabels'] ?? {}, [...path, 'matchLabels']));
  const matchLabels = labels.map(
    ([key, text]) => [key, asString(text, [...path, 'matchLabels', key])] as const,
  );
  const matchExpressions = asList(fields['matchExpressions'], [...path, 'matchExpressions'], (item, at) => {
    const expression = asObject(item, at);
    refuseUnknown(expression, at, ['key', 'operator', 'values']);
    return {
      key: asString(expression['key'], [...at, 'key']),
      operator: asString(expression['operator'], [...at, 'operator']),
      values: asList(expression['values'], [...at, 'values'], asString),
    };
  });
  return { matchLabels: Object.fromEntries(matchLabels), matchExpressions };
}

/** @throws ShapeError unless the value is an object. */
export function asObject(value: unknown, path: Path): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType(path, 'an object', value);
  }
  return Object.fromEntries(Object.entries(value));
}

/** The items, each decoded; an absent or null list is empty. @throws ShapeError */
export function asList<T>(value: unknown, path: Path, decode: (item: unknown, path: Path) => T): T[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw wrongType(path, 'a list', value);
  }
  return value.map((item: unknown, index) => decode(item, [...path, index]));
}

function asString(value: unknown, path: Path): string {
  if (typeof value !== 'string') {
    throw wrongType(path, 'a string', value);
  }
  return value;
}

function optionalString<K extends string>(fields: Fields, path: Path, key: K): { [key in K]?: string } {
  const value = fields[key];
  return value === undefined || value === null
    ? {}
    : ({ [key]: asString(value, [...path, key]) } as { [key in K]?: string });
}

function refuseUnknown(fields: Fields, path: Path, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ShapeError(
      [...path, unknown],
      `unknown field ${goQuote(unknown)}: expected one of ${known.join(', ')}`,
    );
  }
}

function wrongType(path: Path, expected: string, value: unknown): ShapeError {
  const where = path.length === 0 ? 'document' : fieldName(path);
  return new ShapeError(path, `${where}: expected ${expected}, found ${typeName(value)}`);
}

/** A path as Kubernetes writes it: `rules[0].verbs`. */
function fieldName(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

function typeName(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
