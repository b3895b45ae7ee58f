import type { ResourceType, ServedGroupVersion, SubresourceType } from '../resources/index.ts';

/** What kubectl reads of a path: the kind behind it and which query parameters its operations take. */
type Operation = Readonly<Record<string, unknown>>;
type PathItem = Record<string, unknown>;

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

/** One operation by Kubernetes verb: HTTP method, x-kubernetes-action and query parameters. */
const operations: Readonly<
  Record<string, { method: string; action: string; parameters: readonly string[] }>
> = {
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

/** The paths of a group version's served resources. */
export function openapiPaths(served: ServedGroupVersion): Readonly<Record<string, PathItem>> {
  const root = `/${served.path}`;
  const paths: Record<string, PathItem> = { [`${root}/`]: { get: { responses: ok } } };
  for (const type of served.types) addResource(paths, root, type);
  return Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function addResource(paths: Record<string, PathItem>, root: string, type: ResourceType): void {
  const { group, version, kind } = type;
  const parent = type.namespaced
    ? `${root}/namespaces/{namespace}/${type.resource}`
    : `${root}/${type.resource}`;
  const inPath = type.namespaced ? ['namespace'] : [];
  const verbs = new Set(type.verbs);
  const gvk = { group, version, kind };
  add(
    paths,
    parent,
    inPath,
    ['list', 'create', 'deletecollection'].filter((verb) => verbs.has(verb)),
    gvk,
  );
  const named = ['get', 'update', 'patch', 'delete'].filter((verb) => verbs.has(verb));
  add(paths, `${parent}/{name}`, ['name', ...inPath], named, gvk);
  if (type.namespaced && verbs.has('list')) add(paths, `${root}/${type.resource}`, [], ['list'], gvk);
  for (const subresource of type.subresources) {
    const path = `${parent}/{name}/${subresource.name}`;
    const verbs = subresource.verbs.map((verb) => (isConnect(subresource) ? `connect ${verb}` : verb));
    add(paths, path, ['name', ...inPath], verbs, kindOf(subresource, gvk));
  }
}

/** Subresources that lead somewhere else take options instead of an object. */
function isConnect({ kind }: SubresourceType): boolean {
  return kind.endsWith('Options');
}

function kindOf(subresource: SubresourceType, parent: { group: string; version: string }): object {
  const { group, version } = subresource.group === '' ? parent : subresource;
  return { group, version, kind: subresource.kind };
}

function add(
  paths: Record<string, PathItem>,
  path: string,
  inPath: readonly string[],
  verbs: readonly string[],
  gvk: object,
): void {
  const item: PathItem = {};
  for (const verb of verbs) {
    const operation = operations[verb];
    if (operation !== undefined) item[operation.method] = operationObject(operation, gvk);
  }
  if (Object.keys(item).length === 0) return;
  item['parameters'] = [...inPath.map(pathParameter), queryParameter('pretty')];
  paths[path] = item;
}

const ok = { '200': { description: 'OK' } };

function operationObject(
  operation: { action: string; parameters: readonly string[] },
  gvk: object,
): Operation {
  return {
    parameters: operation.parameters.map(queryParameter),
    responses: ok,
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function queryParameter(name: string): object {
  const type = integers.has(name) ? 'integer' : booleans.has(name) ? 'boolean' : 'string';
  return { name, in: 'query', schema: { type, uniqueItems: true } };
}

function pathParameter(name: string): object {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}
