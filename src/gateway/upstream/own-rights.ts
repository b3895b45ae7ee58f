import { type ApiClient, isFields } from '../../kubeconfig/index.ts';
import type { CredentialMode } from './outbound-identity.ts';

/** What the gateway's own account may do at the API server. */
export interface OwnRights {
  /** What the account can't impersonate though it must: `users`, `groups`. */
  readonly missing: readonly string[];
  /** What it may not do with bindings though access requests need it, one text each: `create rolebindings`. */
  readonly missingForRequests: readonly string[];
  /** Rights beyond impersonation and what the gateway itself needs, one text each, as `kubectl auth can-i --list` has them. */
  readonly excess: readonly string[];
}

export interface OwnRightsDeps {
  readonly client: Pick<ApiClient, 'post'>;
  readonly mode: CredentialMode;
  /** Whether it is the account that makes the bindings of access requests. */
  readonly writesBindings?: boolean;
  readonly log: { warn(fields: object, message: string): void };
}

const API = 'authorization.k8s.io/v1';
/** The rules are those of one namespace and the cluster's; this one is in every cluster. */
const NAMESPACE = 'default';
const MUST_IMPERSONATE = ['users', 'groups'];
const MOST_NAMED = 10;

/**
 * The rights that a gateway's account is meant to have, `group/resource` to verbs: impersonation, following the RBAC
 * objects, reviews. Whoever steals the account can impersonate anybody; with other rights a request that loses its
 * Impersonate-* headers would not fail but run as the gateway.
 */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  '/users': ['impersonate'],
  '/groups': ['impersonate'],
  '/serviceaccounts': ['impersonate'],
  'authentication.k8s.io/uids': ['impersonate'],
  'authentication.k8s.io/userextras/*': ['impersonate'],
  'authentication.k8s.io/tokenreviews': ['create'],
  'authentication.k8s.io/selfsubjectreviews': ['create'],
  'authorization.k8s.io/subjectaccessreviews': ['create'],
  'authorization.k8s.io/selfsubjectaccessreviews': ['create'],
  'authorization.k8s.io/selfsubjectrulesreviews': ['create'],
  'rbac.authorization.k8s.io/roles': ['get', 'list', 'watch'],
  'rbac.authorization.k8s.io/rolebindings': ['get', 'list', 'watch'],
  'rbac.authorization.k8s.io/clusterroles': ['get', 'list', 'watch'],
  'rbac.authorization.k8s.io/clusterrolebindings': ['get', 'list', 'watch'],
};

/** What access requests need besides; see clusterBindings. */
const BINDING_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  rolebindings: ['get', 'list', 'create', 'delete'],
  clusterrolebindings: ['get', 'list', 'create', 'delete'],
  roles: ['bind'],
  clusterroles: ['bind'],
};
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/**
 * Asks by SelfSubjectAccessReview and SelfSubjectRulesReview, and warns. Only the impersonating account is judged: in
 * the other modes there is none, or it is meant to hold rights.
 * @throws ApiError, UnreachableError when the API server does not say
 */
export async function checkOwnRights({
  client,
  mode,
  writesBindings = false,
  log,
}: OwnRightsDeps): Promise<OwnRights> {
  if (mode === 'passThrough') return { missing: [], missingForRequests: [], excess: [] };
  const missingForRequests = writesBindings ? await missingBindingRights(client) : [];
  if (missingForRequests.length > 0) {
    log.warn(
      { missing: missingForRequests },
      `the gateway's account may not ${missingForRequests.join(', ')}: access requests cannot be approved, or what they grant does not end at the API server`,
    );
  }
  if (mode === 'fixed') {
    log.warn(
      {},
      "every request reaches the API server as the gateway's own account: its audit log won't tell callers apart",
    );
    return { missing: [], missingForRequests, excess: [] };
  }
  const asked = await Promise.all(MUST_IMPERSONATE.map((resource) => mayImpersonate(client, resource)));
  const missing = MUST_IMPERSONATE.filter((_, index) => asked[index] !== true);
  const excess = await excessRights(client, writesBindings);
  if (missing.length > 0) {
    log.warn(
      { missing },
      `the gateway's account may not impersonate ${missing.join(' and ')}: the API server will refuse requests`,
    );
  }
  if (excess.length > 0) {
    const named = excess.slice(0, MOST_NAMED);
    log.warn(
      { rights: named, more: excess.length - named.length },
      "DANGER: the gateway's account may do more than impersonate: take these rights away, so that no fault can make a request run with them",
    );
  }
  return { missing, missingForRequests, excess };
}

async function mayImpersonate(client: OwnRightsDeps['client'], resource: string): Promise<boolean> {
  const spec = { resourceAttributes: { verb: 'impersonate', group: '', resource } };
  return (await review(client, 'SelfSubjectAccessReview', spec))['allowed'] === true;
}

async function missingBindingRights(client: OwnRightsDeps['client']): Promise<string[]> {
  const rights = Object.entries(BINDING_RIGHTS).flatMap(([resource, verbs]) =>
    verbs.map((verb) => ({ verb, resource })),
  );
  const asked = await Promise.all(
    rights.map(({ verb, resource }) => {
      const spec = { resourceAttributes: { verb, group: RBAC_GROUP, resource } };
      return review(client, 'SelfSubjectAccessReview', spec);
    }),
  );
  return rights
    .filter((_, index) => asked[index]?.['allowed'] !== true)
    .map(({ verb, resource }) => `${verb} ${resource}`);
}

async function excessRights(client: OwnRightsDeps['client'], writesBindings: boolean): Promise<string[]> {
  const { resourceRules, nonResourceRules } = await review(client, 'SelfSubjectRulesReview', {
    namespace: NAMESPACE,
  });
  const excess = new Set<string>();
  for (const rule of listOf(resourceRules)) {
    for (const group of texts(rule['apiGroups'])) {
      for (const resource of texts(rule['resources'])) {
        const verbs = texts(rule['verbs']).filter(
          (verb) =>
            !isMeant(group, resource, verb) && !(writesBindings && isForBindings(group, resource, verb)),
        );
        if (verbs.length > 0) excess.add(describe(verbs, group, resource, texts(rule['resourceNames'])));
      }
    }
  }
  // Everybody may get discovery, health and version; what else a path has to offer is told by its verb.
  for (const rule of listOf(nonResourceRules)) {
    const verbs = texts(rule['verbs']).filter((verb) => verb !== 'get' && verb !== 'head');
    const paths = texts(rule['nonResourceURLs']);
    if (verbs.length > 0 && paths.length > 0) excess.add(`${verbs.join(',')} ${paths.join(',')}`);
  }
  return [...excess];
}

function isMeant(group: string, resource: string, verb: string): boolean {
  const slash = resource.indexOf('/');
  const kind = resource.startsWith('userextras/') ? `${resource.slice(0, slash)}/*` : resource;
  // Constrained impersonation (KEP-5284): impersonate:user-info, impersonate-on:user-info:list and their like.
  if (/^impersonate(?:-on)?:/.test(verb)) return true;
  return MEANT[`${group}/${kind}`]?.includes(verb) === true;
}

function isForBindings(group: string, resource: string, verb: string): boolean {
  return group === RBAC_GROUP && BINDING_RIGHTS[resource]?.includes(verb) === true;
}

function describe(
  verbs: readonly string[],
  group: string,
  resource: string,
  names: readonly string[],
): string {
  const of = group === '' ? resource : `${resource}.${group}`;
  return `${verbs.join(',')} ${of}${names.length === 0 ? '' : ` (${names.join(',')})`}`;
}

async function review(client: OwnRightsDeps['client'], kind: string, spec: object) {
  const answer = await client.post(`/apis/${API}/${kind.toLowerCase()}s`, { apiVersion: API, kind, spec });
  const status = isFields(answer) ? answer['status'] : undefined;
  return isFields(status) ? status : {};
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
