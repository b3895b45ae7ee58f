import { createAdminApi, type ManagedIdentity } from '../../../src/admin/index.ts';
import { createTargetBeside, type Target } from '../../../src/gateway/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type Policy, type PolicyRule } from '../../../src/rbac/index.ts';
import { jane as caller, policyFor, recordingTarget, serveGateway } from '../../gateway/support/gateway.ts';
import { type LocalAccountsOptions, openLocalAccounts } from '../../identity/support/local-accounts.ts';

/** As much of an answer as these tests look at. */
// biome-ignore lint/suspicious/noExplicitAny: what comes back is JSON, and each test says what it expects.
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

export interface AskOptions {
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServedAdminOptions extends LocalAccountsOptions {
  /** What the caller may do; everything when left out. */
  readonly rules?: readonly PolicyRule[];
  /** What there is of the identity provider besides accounts. */
  readonly identity?: Partial<ManagedIdentity>;
  /** Whose every request is. Default: jane's. */
  readonly caller?: UserInfo;
  /** What is behind the gateway besides. */
  readonly target?: Target;
}

const BASE = '/apis/sallyport.dev/v1';

const missing = (): never => {
  throw new Error('not in this test');
};

export const nothingElse: Pick<
  ManagedIdentity,
  | 'factors'
  | 'findClient'
  | 'readClients'
  | 'watchClients'
  | 'keys'
  | 'managedClients'
  | 'removeClient'
  | 'sessions'
> = {
  readClients: missing,
  watchClients: missing,
  findClient: missing,
  removeClient: missing,
  managedClients: {
    create: missing,
    tryCreate: missing,
    update: missing,
    tryUpdate: missing,
    rotateSecret: missing,
  },
  factors: {
    list: missing,
    rename: missing,
    remove: missing,
    renewRecoveryCodes: missing,
    reset: missing,
  },
  keys: { list: missing, rotate: missing, look: missing, signingAge: missing, nextRotation: missing },
  sessions: {
    list: missing,
    page: missing,
    placeOf: missing,
    find: missing,
    end: missing,
    endAllOf: missing,
    endAll: missing,
  },
};

/** The admin API on real accounts, behind a pipeline that decides by RBAC. */
export async function serveAdmin(options: ServedAdminOptions = {}) {
  const accounts = await openLocalAccounts(options);
  const { users, groups } = accounts;
  const api = createAdminApi({
    identity: { users, groups, ...nothingElse, ...options.identity },
    issuer: 'https://login.example.com/dex',
    now: () => accounts.clock.now,
    log: {
      warn() {},
      error: (fields, message) => {
        throw new Error(message, { cause: fields });
      },
    },
  });
  const target = createTargetBeside(options.target ?? recordingTarget().target, {
    group: 'sallyport.dev',
    ...api,
  });
  const policy = options.rules === undefined ? policyFor('jane', 'cluster-admin') : policyOf(options.rules);
  const gateway = await serveGateway({ policy, target, ...(options.caller && { user: options.caller }) });

  async function ask(method: string, path: string, body?: object, more: AskOptions = {}): Promise<Answer> {
    const { type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', accept } = more;
    const response = await fetch(gateway.url + (path.startsWith('/') ? path : `${BASE}/${path}`), {
      method,
      headers: {
        ...more.headers,
        ...(accept === undefined ? {} : { accept }),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text.startsWith('{') ? JSON.parse(text) : text,
    };
  }

  return {
    ...accounts,
    ask,
    url: gateway.url,
    close: () => {
      api.close();
      return gateway.close();
    },
  };
}

function policyOf(rules: readonly PolicyRule[]): Policy {
  const policy = createPolicy();
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'given' };
  policy.put('test', { apiVersion, kind: 'ClusterRole', metadata, rules: [...rules] });
  policy.put('test', {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata,
    subjects: [{ kind: 'User', name: caller.username, apiGroup }],
    roleRef: { kind: 'ClusterRole', name: 'given', apiGroup },
  });
  return policy;
}
