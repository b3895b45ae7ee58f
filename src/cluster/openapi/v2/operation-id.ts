import { type ApiOperation, kindOf } from '../api-paths.ts';

const words: Readonly<Record<ApiOperation['action'], string>> = {
  list: 'list',
  post: 'create',
  deletecollection: 'delete',
  get: 'read',
  put: 'replace',
  patch: 'patch',
  delete: 'delete',
  connect: 'connect',
};

/**
 * The operation's name as client generators make functions of it: `replaceAppsV1NamespacedDeploymentStatus`.
 * Source: apiserver/pkg/endpoints/installer.go, openapi/openapi.go GetOperationIDAndTags.
 */
export function operationId(operation: ApiOperation): string {
  const { action, method, type, subresource, ofAllNamespaces } = operation;
  const collection = action === 'deletecollection' ? 'Collection' : '';
  const connected = action === 'connect' ? title(method) : '';
  const scope = type.namespaced && !ofAllNamespaces ? 'Namespaced' : '';
  const below = subresource === undefined ? '' : title(subresource.name);
  const { kind } = subresource === undefined ? kindOf(operation) : type;
  const all = ofAllNamespaces ? 'ForAllNamespaces' : '';
  return `${words[action]}${groupVersionName(type)}${connected}${collection}${scope}${kind}${below}${all}`;
}

/** The group and version in the names of operations: `AppsV1`. */
export function groupVersionName({ group, version }: { group: string; version: string }): string {
  return groupName(group).map(title).join('') + title(version);
}

/** What belongs together for who reads the document: `apps_v1`. */
export function operationTag({ group, version }: { group: string; version: string }): string {
  const [first = '', ...rest] = groupName(group);
  return `${first}${rest.map(title).join('')}_${version}`;
}

/** `rbac.authorization.k8s.io` is rbac and authorization; a group of somebody else keeps its whole name. */
function groupName(group: string): readonly string[] {
  return group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split(/[.-]/);
}

function title(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
