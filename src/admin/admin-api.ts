import type { ServerResponse } from 'node:http';
import type { AccessRequests } from '../access-requests/index.ts';
import {
  type Call,
  type ClusterRequest,
  createRequestQuery,
  createWatches,
  type RequestQuery,
  respondError,
  respondNotFoundPage,
} from '../cluster/index.ts';
import { MAX_BODY_BYTES } from '../http/index.ts';
import type { Identity } from '../identity/index.ts';
import {
  type Attributes,
  type Decision,
  methodNotAllowed,
  resourceNotFound,
  StatusError,
  type UserInfo,
} from '../kube/index.ts';
import { type AdminDocuments, createDocuments } from './documents.ts';
import { ADMIN_VERSION } from './group.ts';
import type { AdminKind } from './kind.ts';
import { createAccessRequestsKind } from './kinds/access-requests.ts';
import { createGroupsKind } from './kinds/groups.ts';
import { createOAuthClientsKind } from './kinds/oauth-clients.ts';
import { createSessionsKind } from './kinds/sessions.ts';
import { createKeyRotationsKind, createSigningKeysKind } from './kinds/signing-keys.ts';
import { createUsersKind } from './kinds/users.ts';
import { createMemberships } from './memberships.ts';
import type { ServingContext } from './serving/admin-call.ts';
import { handlerOf } from './serving/dispatch.ts';

/** A request that has been authenticated, decided and recorded. */
export interface AdminRequest extends ClusterRequest {
  /** Who sent it: another than `user` where somebody acts as that user. */
  readonly caller: UserInfo;
  readonly auditId: string;
  /** Asks the gateway's authorizer a further question. */
  decide(attributes: Attributes): Promise<Decision>;
}

export interface AdminApi {
  /** Answers requests for the group: its kinds, its discovery, its OpenAPI. Never rejects for a client's mistake. */
  handle(request: AdminRequest, response: ServerResponse): Promise<void>;
  /** What of it belongs into documents that list all groups. */
  readonly listed: AdminDocuments['listed'];
  /** Ends all watches. */
  close(): void;
}

/** What of the identity provider is managed here. */
export type ManagedIdentity = Pick<
  Identity,
  | 'findClient'
  | 'managedClients'
  | 'readClients'
  | 'watchClients'
  | 'removeClient'
  | 'factors'
  | 'groups'
  | 'keys'
  | 'sessions'
  | 'users'
>;

export interface AdminApiDeps {
  /** undefined: people and keys are managed elsewhere. */
  readonly identity?: ManagedIdentity | undefined;
  /** Of the cluster that the API stands beside; undefined: nobody can ask for access here. */
  readonly accessRequests?: AccessRequests | undefined;
  /** The issuer's URL: below it are the pages that people are sent to. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Largest request body in bytes. Default: 3 MiB, as kube-apiserver. */
  readonly maxBodyBytes?: number;
}

export function createAdminApi(deps: AdminApiDeps): AdminApi {
  const kinds = kindsOf(deps);
  const byResource = new Map(kinds.map((kind) => [kind.type.resource, kind]));
  const documents = createDocuments(
    kinds.map(({ type }) => type),
    deps.now,
  );
  const closing = new AbortController();
  const context: ServingContext = {
    deps,
    maxBodyBytes: deps.maxBodyBytes ?? MAX_BODY_BYTES,
    closing: closing.signal,
    watches: createWatches(),
  };

  async function answer(request: AdminRequest, response: ServerResponse, query: RequestQuery): Promise<void> {
    const { requestInfo, user, caller } = request;
    if (!requestInfo.isResourceRequest) {
      if (!['GET', 'HEAD'].includes(request.method)) throw methodNotAllowed();
      return documents.respond({ request, response, query });
    }
    if (requestInfo.apiVersion !== ADMIN_VERSION) return respondNotFoundPage(response);
    const kind = byResource.get(requestInfo.resource);
    const [, name = '', subresource = ''] = requestInfo.parts;
    const { namespace } = requestInfo;
    if (kind === undefined || !isScopeRight(kind, namespace, name)) throw resourceNotFound();
    const call: Call = { request, response, query, type: kind.type, namespace, name, subresource };
    const by = { name: `gateway:${user.username}`, requestId: request.auditId };
    const decide = (attributes: Attributes) => request.decide(attributes);
    const writing = (dryRun: boolean) => ({ user, caller, by, dryRun, decide });
    const whole = { ...call, kind, writing };
    return handlerOf(whole)(context, whole);
  }

  return {
    async handle(request, response) {
      const query = createRequestQuery(request.target);
      try {
        await answer(request, response, query);
      } catch (error) {
        if (request.signal.aborted) return;
        if (!(error instanceof StatusError)) deps.log.error({ err: error }, 'a request failed');
        if (response.headersSent) response.destroy();
        else respondError(request, query, response, error);
      }
    },
    listed: documents.listed,
    close: () => closing.abort(),
  };
}

/** Whether the path has a namespace exactly where the kind has one: what was authorized in one must not reach beyond it. */
function isScopeRight({ type }: AdminKind, namespace: string, name: string): boolean {
  return type.namespaced ? namespace !== '' || name === '' : namespace === '';
}

/** In discovery order. */
function kindsOf({ identity, accessRequests, issuer }: AdminApiDeps): readonly AdminKind[] {
  const kinds = identity === undefined ? [] : identityKinds(identity, issuer);
  if (accessRequests === undefined) return kinds;
  const asked = (['namespace', 'cluster'] as const).map((where) =>
    createAccessRequestsKind(accessRequests, where),
  );
  return [...asked, ...kinds].sort((a, b) => (a.type.resource < b.type.resource ? -1 : 1));
}

function identityKinds(identity: ManagedIdentity, issuer: string): readonly AdminKind[] {
  const { factors, groups, keys, sessions, users } = identity;
  const memberships = createMemberships(groups);
  return [
    createGroupsKind({ groups, memberships }),
    createKeyRotationsKind(keys),
    createOAuthClientsKind({ ...identity, memberships }),
    createSessionsKind({ sessions, users }),
    createSigningKeysKind(keys),
    createUsersKind({ users, factors, memberships, resetPage: `${issuer.replace(/\/$/, '')}/reset` }),
  ];
}
