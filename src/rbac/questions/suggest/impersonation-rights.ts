import type { AuditUser } from './audit-event.ts';
import type { RequestRight } from './needed-rights.ts';
import { parseServiceAccount } from './service-account.ts';

const AUTHENTICATION = 'authentication.k8s.io';
const NODE = 'system:node:';

/**
 * What somebody must be allowed to make a request as this user: verb `impersonate` on each part of the identity, or,
 * for constrained impersonation (KEP-5284), the mode's verbs on the identity and on the request.
 * Source: Kubernetes apiserver/pkg/endpoints/filters/impersonation.
 */
export function impersonationRights(
  user: AuditUser,
  constraint: string | undefined,
  request: readonly RequestRight[],
): RequestRight[] {
  const mode = constraint?.replace(/^impersonate:/, '');
  if (mode === undefined) {
    return identityRights(user, 'impersonate', '');
  }
  const onRequest = request.map(({ verb, on }) => ({ verb: `impersonate-on:${mode}:${verb}`, on }));
  return [...onRequest, ...constrainedRights(user, mode)];
}

function constrainedRights(user: AuditUser, mode: string): RequestRight[] {
  const verb = `impersonate:${mode}`;
  switch (mode) {
    case 'associated-node':
      // Asked with this very name, which is no wildcard in resourceNames.
      return [clusterWide(verb, AUTHENTICATION, 'nodes', '*')];
    case 'arbitrary-node':
      return [clusterWide(verb, AUTHENTICATION, 'nodes', user.username.replace(NODE, ''))];
    default:
      return identityRights(user, verb, AUTHENTICATION);
  }
}

function identityRights(user: AuditUser, verb: string, apiGroup: string): RequestRight[] {
  const account = parseServiceAccount(user.username);
  const who =
    account === undefined
      ? clusterWide(verb, apiGroup, 'users', user.username)
      : { verb, on: { apiGroup, resource: 'serviceaccounts', ...account } };
  return [
    who,
    ...requestedGroups(user).map((group) => clusterWide(verb, apiGroup, 'groups', group)),
    ...(user.uid === '' ? [] : [clusterWide(verb, AUTHENTICATION, 'uids', user.uid)]),
    ...Object.entries(user.extra).flatMap(([key, values]) =>
      values.map((value) => clusterWide(verb, AUTHENTICATION, `userextras/${key}`, value)),
    ),
  ];
}

function clusterWide(verb: string, apiGroup: string, resource: string, name: string): RequestRight {
  return { verb, on: { apiGroup, resource, namespace: '', name } };
}

/** The groups without those that Kubernetes adds by itself, which nobody is asked about. */
function requestedGroups({ username, groups }: AuditUser): string[] {
  const added = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const rest = groups.filter((group) => group !== added);
  const account = parseServiceAccount(username);
  const own = account && ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  const isOwn = own !== undefined && rest.length === own.length && own.every((group) => rest.includes(group));
  return isOwn ? [] : rest;
}
