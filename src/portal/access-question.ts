import type { Attributes, UserInfo } from '../kube/index.ts';

/** What a person asks about: one verb on one resource, or on one path. */
export interface AccessQuestion
  extends Pick<Attributes, 'verb' | 'path' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name'> {
  /** undefined: the cluster without a name. */
  readonly cluster: string | undefined;
}

/** Names of the address's parameters. */
const PARAMETERS = {
  cluster: 'cluster',
  verb: 'verb',
  apiGroup: 'group',
  resource: 'resource',
  subresource: 'subresource',
  namespace: 'namespace',
  name: 'name',
  path: 'path',
} as const satisfies Record<keyof AccessQuestion, string>;

/** Of a path more; everything else is a name. */
const LONGEST = 253;
const LONGEST_PATH = 1_024;

/** Where the answer to a question is shown. It can be sent to others: each sees what they may themselves. */
export function accessPageUrl(
  issuer: string,
  asked: AccessQuestion & Pick<Attributes, 'isResourceRequest'>,
): string {
  const query = new URLSearchParams();
  const { isResourceRequest } = asked;
  for (const [key, parameter] of Object.entries(PARAMETERS)) {
    const value = asked[key as keyof AccessQuestion];
    const counts = key === 'verb' || key === 'cluster' || (key === 'path') !== isResourceRequest;
    if (counts && value !== undefined && value !== '') query.set(parameter, value);
  }
  return `${issuer.replace(/\/$/, '')}/access?${query}`;
}

/**
 * Reads a question from an address's query. `pods/log` is a resource with its subresource, `deployments.apps` one with its
 * group, `/healthz` a path: as `kubectl auth can-i` takes them.
 * @returns undefined when nothing is asked; a text when it can't be understood: the parameter that is wrong
 */
export function readAccessQuestion(query: URLSearchParams): AccessQuestion | string | undefined {
  const read = (key: keyof AccessQuestion) => query.get(PARAMETERS[key])?.trim() ?? '';
  for (const key of Object.keys(PARAMETERS) as (keyof AccessQuestion)[]) {
    const value = read(key);
    if (value.length > (key === 'path' ? LONGEST_PATH : LONGEST) || /[^!-~]/.test(value))
      return PARAMETERS[key];
  }
  const verb = read('verb');
  const typed = read('resource');
  const path = read('path') || (typed.startsWith('/') ? typed : '');
  if (verb === '' && path === '' && typed === '') return undefined;
  if (verb === '') return PARAMETERS.verb;
  const cluster = read('cluster') || undefined;
  const nothing = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' };
  if (path !== '') return path.startsWith('/') ? { ...nothing, cluster, verb, path } : PARAMETERS.path;
  const [resourceAndGroup = '', subresource = ''] = typed.split('/', 2);
  const dot = resourceAndGroup.indexOf('.');
  const resource = dot < 0 ? resourceAndGroup : resourceAndGroup.slice(0, dot);
  if (resource === '') return PARAMETERS.resource;
  return {
    cluster,
    verb,
    path: '',
    apiGroup: read('apiGroup') || (dot < 0 ? '' : resourceAndGroup.slice(dot + 1)),
    resource,
    subresource: read('subresource') || subresource,
    namespace: read('namespace'),
    name: read('name'),
  };
}

/** The question as the engine is asked it. */
export function attributesOfQuestion(
  { cluster: _cluster, ...asked }: AccessQuestion,
  user: UserInfo,
): Attributes {
  return { ...asked, user, isResourceRequest: asked.path === '', apiVersion: '*' };
}
