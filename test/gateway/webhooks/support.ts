import {
  type Authenticate,
  createAuthenticator,
  createTokenAuthenticator,
  createWebhooks,
  webhookPaths,
} from '../../../src/gateway/index.ts';
import { createStaticKeySource } from '../../../src/jwt/index.ts';
import type { Policy } from '../../../src/rbac/index.ts';
import { createECKey, signToken } from '../authenticate/sign-token.ts';
import { policyFor, serveGateway } from '../support/gateway.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const key = createECKey('k');
const stranger = createECKey('k');
const claims = {
  iss: 'https://idp.example',
  aud: ['kubectl', 'vault'],
  sub: 'jane',
  groups: ['devs'],
  exp: NOW / 1000 + 3600,
};

export const goodToken = signToken(key, claims);
export const forgedToken = signToken(stranger, claims);
export const expiredToken = signToken(key, { ...claims, exp: NOW / 1000 - 1 });
export const API_SERVER = 'https://kubernetes.default.svc.cluster.local';

/** The gateway's own way to tell who a token is from; anonymous requests are let in, to show that none of them is a token's. */
export const authenticateTokens: Authenticate = createAuthenticator({
  configuration: { anonymous: { enabled: true, conditions: [] } },
  tokenAuthenticator: createTokenAuthenticator({
    now: () => NOW,
    issuers: [
      {
        authenticator: {
          issuer: { url: claims.iss, audiences: ['kubectl'] },
          claimValidationRules: [],
          claimMappings: {
            username: { claim: 'sub', prefix: 'oidc:' },
            groups: { claim: 'groups', prefix: '' },
          },
        },
        keys: createStaticKeySource(() => ({ keys: [key.jwk] })),
      },
    ],
  }),
});

const both = new Set<string>(Object.values(webhookPaths));

export interface Served {
  readonly policy?: Policy;
  readonly paths?: ReadonlySet<string>;
  readonly log?: Parameters<typeof createWebhooks>[0]['log'];
  readonly options?: Parameters<typeof serveGateway>[0];
}

/** A gateway with its webhooks, whose caller is jane; she may do everything unless `policy` says otherwise. */
export async function serveWebhooks({ policy = policyFor('jane', 'cluster-admin'), ...more }: Served = {}) {
  const { paths = both, log = { debug() {} }, options = {} } = more;
  const gateway = await serveGateway({
    policy,
    reviews: createWebhooks({
      paths,
      authenticate: authenticateTokens,
      authorize: (attributes) => policy.authorize(attributes),
      audiences: [API_SERVER],
      log,
    }),
    ...options,
  });
  /** As kube-apiserver sends it. */
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}${path}?timeout=30s`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, */*', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    });
  return { ...gateway, post };
}

export function tokenReview(spec: object, version = 'v1') {
  return {
    apiVersion: `authentication.k8s.io/${version}`,
    kind: 'TokenReview',
    metadata: {},
    spec,
    status: { user: {} },
  };
}

export function accessReview(spec: object, version = 'v1') {
  return {
    kind: 'SubjectAccessReview',
    apiVersion: `authorization.k8s.io/${version}`,
    metadata: { creationTimestamp: null },
    spec,
    status: { allowed: false },
  };
}
