import {
  isNamespacedKind,
  type PolicyKind,
  type PolicyObject,
  RBAC_API_VERSION,
  validatePolicyObject,
} from '../../rbac/index.ts';

/** An object's place; '' for the namespace of a cluster-wide one. */
export interface ObjectPlace {
  readonly namespace: string;
  readonly name: string;
}

export interface ReadObject extends ObjectPlace {
  /** undefined: it counts as absent. */
  readonly object: PolicyObject | undefined;
  /** Why the object does not count as it is. */
  readonly problem?: string;
  /** '' when the server gave none. */
  readonly resourceVersion: string;
}

type Fields = Readonly<Record<string, unknown>>;

const CONTENT: Readonly<Record<PolicyKind, readonly string[]>> = {
  Role: ['rules'],
  ClusterRole: ['rules', 'aggregationRule'],
  RoleBinding: ['subjects', 'roleRef'],
  ClusterRoleBinding: ['subjects', 'roleRef'],
};
const RULE_FIELDS = new Set(['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs']);

/**
 * Reads an RBAC object as an API server sends it, less what no decision needs (managedFields and fields unknown here).
 * RBAC only ever adds rights, so what can't be understood (a rule with a field that this version does not know could be
 * narrower than it looks) counts for less: such a role is there and holds nothing — were it absent, a role of the same
 * name from another source would stand in —, such a binding is absent.
 * @returns undefined when it is not even an object with a name
 */
export function readPolicyObject(value: unknown, kind: PolicyKind): ReadObject | undefined {
  if (!isFields(value) || !isFields(value['metadata'])) return undefined;
  const { managedFields: _, ...metadata } = value['metadata'];
  const { name, namespace = '', resourceVersion = '' } = metadata;
  if (typeof name !== 'string' || name === '' || typeof namespace !== 'string') return undefined;
  if (isNamespacedKind(kind) !== (namespace !== '') || typeof resourceVersion !== 'string') return undefined;
  const place = { namespace, name, resourceVersion };
  const content = CONTENT[kind]
    .filter((field) => value[field] !== undefined)
    .map((field) => [field, value[field]] as const);
  const object = {
    apiVersion: RBAC_API_VERSION,
    kind,
    metadata,
    ...Object.fromEntries(content),
  } as unknown as PolicyObject;
  const problem = problemOf(object, value);
  return problem === undefined ? { ...place, object } : { ...place, object: standIn(object), problem };
}

function problemOf(object: PolicyObject, { kind, rules }: Fields): string | undefined {
  if (kind !== undefined && kind !== object.kind) return `is a ${String(kind)}`;
  if (!hasForm(object)) return 'has not the form of its kind';
  const unknown = (Array.isArray(rules) ? rules : [])
    .flatMap((rule: object) => Object.keys(rule))
    .find((field) => !RULE_FIELDS.has(field));
  if (unknown !== undefined) return `has a rule with the field ${unknown}, which is not known`;
  try {
    const [first] = validatePolicyObject(object);
    return first === undefined ? undefined : `is not valid: ${first.field}`;
  } catch {
    // An aggregationRule that is none, and the like.
    return 'has not the form of its kind';
  }
}

/** The engine trusts types: a text where a list should be would be read letter by letter, `*` included. */
function hasForm(object: PolicyObject): boolean {
  if (object.kind === 'Role' || object.kind === 'ClusterRole') {
    return isListOf(object.rules, (rule) => isFields(rule) && Object.values(rule).every(isTexts));
  }
  return isTextual(object.roleRef) && isListOf(object.subjects, isTextual);
}

function isTexts(value: unknown): boolean {
  return isListOf(value, (item) => typeof item === 'string');
}

/** Go leaves an empty list out, or writes null. */
function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isItem));
}

function isTextual(value: unknown): boolean {
  return isFields(value) && Object.values(value).every((field) => typeof field === 'string');
}

function standIn({ apiVersion, kind, metadata }: PolicyObject): PolicyObject | undefined {
  const { name, namespace } = metadata;
  const bare = { apiVersion: apiVersion ?? RBAC_API_VERSION, metadata: { name, namespace }, rules: [] };
  return kind === 'Role' || kind === 'ClusterRole' ? ({ ...bare, kind } as PolicyObject) : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
