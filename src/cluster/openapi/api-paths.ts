import type { ResourceType, ServedGroupVersion, SubresourceType } from '../resources/index.ts';

/** A path below the server's root and what may be done there. */
export interface ApiPath {
  readonly path: string;
  /** The parameters in the path, as `{name}` and `{namespace}`. */
  readonly inPath: readonly string[];
  readonly operations: readonly ApiOperation[];
}

export interface ApiOperation extends OperationOfVerb {
  readonly type: ResourceType;
  readonly subresource?: SubresourceType;
  /** A list over all namespaces. */
  readonly ofAllNamespaces: boolean;
}

interface OperationOfVerb {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** x-kubernetes-action */
  readonly action: 'list' | 'post' | 'deletecollection' | 'get' | 'put' | 'patch' | 'delete' | 'connect';
  /** The query's. */
  readonly parameters: readonly string[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const listParameters = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const deleteParameters = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'];

const integers = new Set(['limit', 'timeoutSeconds', 'gracePeriodSeconds']);
const booleans = new Set(['allowWatchBookmarks', 'watch', 'sendInitialEvents', 'orphanDependents', 'force']);

/** The type of a query parameter's value. */
export function parameterType(name: string): 'integer' | 'boolean' | 'string' {
  return integers.has(name) ? 'integer' : booleans.has(name) ? 'boolean' : 'string';
}

/** One operation by Kubernetes verb. */
const operations: Readonly<Record<string, OperationOfVerb>> = {
  list: { method: 'get', action: 'list', parameters: listParameters },
  create: { method: 'post', action: 'post', parameters: writeParameters },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    parameters: [
      ...listParameters.filter((each) => each !== 'allowWatchBookmarks' && each !== 'watch'),
      ...deleteParameters,
    ],
  },
  get: { method: 'get', action: 'get', parameters: [] },
  update: { method: 'put', action: 'put', parameters: writeParameters },
  // kubectl asks the server to validate only when a kind's PATCH takes fieldValidation.
  patch: { method: 'patch', action: 'patch', parameters: [...writeParameters, 'force'] },
  delete: { method: 'delete', action: 'delete', parameters: deleteParameters },
  'connect get': { method: 'get', action: 'connect', parameters: [] },
  'connect create': { method: 'post', action: 'connect', parameters: [] },
};

/** The paths of a group version's served resources, sorted. */
export function apiPaths(served: ServedGroupVersion): readonly ApiPath[] {
  return served.types
    .flatMap((type) => pathsOf(`/${served.path}`, type))
    .filter(({ operations: each }) => each.length > 0)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function pathsOf(root: string, type: ResourceType): ApiPath[] {
  const { namespaced, resource } = type;
  const parent = namespaced ? `${root}/namespaces/{namespace}/${resource}` : `${root}/${resource}`;
  const inPath = namespaced ? ['namespace'] : [];
  const verbs = new Set(type.verbs);
  const of = (...wanted: string[]) =>
    operationsOf(
      type,
      wanted.filter((verb) => verbs.has(verb)),
    );
  return [
    { path: parent, inPath, operations: of('list', 'create', 'deletecollection') },
    {
      path: `${parent}/{name}`,
      inPath: ['name', ...inPath],
      operations: of('get', 'update', 'patch', 'delete'),
    },
    ...(namespaced
      ? [{ path: `${root}/${resource}`, inPath: [], operations: inAllNamespaces(of('list')) }]
      : []),
    ...type.subresources.map((subresource) => ({
      path: `${parent}/{name}/${subresource.name}`,
      inPath: ['name', ...inPath],
      operations: operationsOf(
        type,
        subresource.verbs.map((verb) => (isConnect(subresource) ? `connect ${verb}` : verb)),
        subresource,
      ),
    })),
  ];
}

function inAllNamespaces(listed: readonly ApiOperation[]): readonly ApiOperation[] {
  return listed.map((operation) => ({ ...operation, ofAllNamespaces: true }));
}

function operationsOf(
  type: ResourceType,
  verbs: readonly string[],
  subresource?: SubresourceType,
): readonly ApiOperation[] {
  return verbs.flatMap((verb) => {
    const operation = operations[verb];
    if (operation === undefined) return [];
    const of = subresource === undefined ? { type } : { type, subresource };
    return [{ ...operation, ...of, ofAllNamespaces: false }];
  });
}

/** Subresources that lead somewhere else take options instead of an object. */
function isConnect({ kind }: SubresourceType): boolean {
  return kind.endsWith('Options');
}

/** The kind of the objects that an operation is about. */
export function kindOf({ type, subresource }: ApiOperation): GroupVersionKind {
  const { group, version, kind } = type;
  if (subresource === undefined) return { group, version, kind };
  const place = subresource.group === '' ? type : subresource;
  return { group: place.group, version: place.version, kind: subresource.kind };
}
