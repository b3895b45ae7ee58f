import { dns1123LabelErrors } from '../../../kube/index.ts';
import { SUPERUSER_GROUP } from '../../callers.ts';
import { combinedResource } from '../../rule.ts';
import type { AuditEvent, AuditObjectRef, AuditUser } from './audit-event.ts';
import { impersonationRights } from './impersonation-rights.ts';

/** One thing that one user must be allowed for a request to go through. */
export interface NeededRight {
  readonly username: string;
  readonly verb: string;
  readonly on: OnResource | OnUrl;
}

export interface OnResource {
  readonly apiGroup: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  /** '' for cluster-wide. */
  readonly namespace: string;
  /** '' when the right cannot be confined to one object. */
  readonly name: string;
}

export interface OnUrl {
  readonly url: string;
}

/** What an event's request needs: the rights, or why no role can be made that allows just this. */
export type Needs = { readonly rights: readonly NeededRight[] } | { readonly leftOut: string };

const NOTHING: Needs = { rights: [] };
// The name of a collection's request comes from a field selector, that of a new object from its body: neither is what
// the authorizer can count on.
const NAMELESS: ReadonlySet<string> = new Set(['create', 'list', 'watch', 'deletecollection']);

/**
 * The rights that the request of an event needs. The effective user needs those of the request; whoever impersonates
 * him needs to be allowed that. Members of system:masters need none, unless `superusers` says to count them.
 */
export function needsOf(event: AuditEvent, superusers: boolean): Needs {
  const { user, impersonatedUser, stage } = event;
  // Written before impersonation, so it blames the wrong user; whatever was decided has a later event.
  if (stage === 'RequestReceived' || !user?.username || impersonatedUser?.username === '') {
    return NOTHING;
  }
  const counts = ({ groups }: AuditUser) => superusers || !groups.includes(SUPERUSER_GROUP);
  const effective = impersonatedUser ?? user;
  const request = requestRights(event);
  if ('leftOut' in request) {
    return request;
  }
  const rights = counts(effective)
    ? request.rights.map((right) => ({ username: effective.username, ...right }))
    : [];
  if (impersonatedUser !== undefined && counts(user)) {
    const original = request.rights.slice(0, 1);
    for (const right of impersonationRights(impersonatedUser, event.impersonationConstraint, original)) {
      rights.push({ username: user.username, ...right });
    }
  }
  const why = rights.map(whyUngrantable).find((reason) => reason !== undefined);
  return why === undefined ? { rights } : { leftOut: why };
}

export type RequestRight = Omit<NeededRight, 'username'>;

/** The request's own right first, then what it needs besides. */
function requestRights({
  verb,
  objectRef,
  requestURI,
  code,
}: AuditEvent): { readonly rights: readonly RequestRight[] } | { readonly leftOut: string } {
  if (objectRef === undefined) {
    const url = pathOf(requestURI);
    return url === undefined
      ? { leftOut: 'the path cannot be decoded' }
      : { rights: [{ verb, on: { url } }] };
  }
  if (objectRef.resource === '') {
    return { leftOut: 'objectRef names no resource' };
  }
  const own = { verb, on: onResource(verb, objectRef) };
  // An update or patch that makes the object is authorized as create, too. Source: apiserver/pkg/endpoints/handlers
  // update.go and patch.go, createAuthorizerAttributes.
  const makes = (verb === 'update' || verb === 'patch') && code === 201;
  return { rights: makes ? [own, { verb: 'create', on: onResource('create', objectRef) }] : [own] };
}

function onResource(verb: string, { resource, subresource, name, ...place }: AuditObjectRef): OnResource {
  const nameless = NAMELESS.has(verb) && !(verb === 'create' && subresource !== '');
  return { ...place, resource: combinedResource(resource, subresource), name: nameless ? '' : name };
}

function pathOf(requestURI: string): string | undefined {
  const [path = ''] = requestURI.split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * Why no rule can allow the right and no more. A log holds whatever its callers sent: `GET /api/v1/*` asks for the
 * resource `*`, and to allow that would be to allow every resource.
 */
function whyUngrantable({ verb, on }: NeededRight): string | undefined {
  if (verb === '') {
    return 'the method has no verb';
  }
  const words = 'url' in on ? [verb, on.url] : [verb, on.apiGroup, on.resource];
  if (words.some((word) => word.includes('*'))) {
    return 'only a wildcard would allow it';
  }
  if ('url' in on) {
    return on.url.startsWith('/') ? undefined : 'the path does not begin with /';
  }
  return on.namespace !== '' && dns1123LabelErrors(on.namespace).length > 0
    ? 'there can be no namespace of this name'
    : undefined;
}
