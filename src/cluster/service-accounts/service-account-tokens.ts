import { randomUUID, sign, verify } from 'node:crypto';
import type { UserInfo } from '../../kube/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { coreType } from '../resources/index.ts';
import type { SharedSecretDeps } from '../shared-secret.ts';
import { createSigningKeySource, type SigningKey } from './signing-key.ts';

/** Who the tokens are from, and, unless another is asked for, for. As kubeadm sets it up. */
export const issuer = 'https://kubernetes.default.svc.cluster.local';

interface Named {
  readonly name: string;
  readonly uid: string;
}

/** Without it the token would be worth nothing. */
export interface BoundObject extends Named {
  readonly kind: 'Pod' | 'Secret' | 'Node';
}

export interface AskedToken {
  readonly namespace: string;
  readonly account: Named;
  readonly audiences: readonly string[];
  /** undefined: as long as what it is bound to. */
  readonly expirationSeconds: number | undefined;
  readonly boundTo: BoundObject | undefined;
}

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since 1970; Infinity for one that is bound only. */
  readonly expiresAt: number;
}

/** What a bearer token is worth, as the gateway's authenticators say it. */
export type ServiceAccountOutcome =
  | { readonly outcome: 'authenticated'; readonly user: UserInfo; readonly expiresAt: number }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'notMine' };

export interface ServiceAccountTokens {
  issue(asked: AskedToken): Promise<IssuedToken>;
  authenticate(token: string): Promise<ServiceAccountOutcome>;
  /** The public key that they are verified with, as RFC 7517 writes it. Made when there is none yet. */
  verificationKey(): Promise<object>;
}

interface Claims {
  readonly aud: readonly string[];
  readonly exp?: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: Named;
    readonly pod?: Named;
    readonly secret?: Named;
    readonly node?: Named;
  };
}

const notMine: ServiceAccountOutcome = { outcome: 'notMine' };
const refused = (reason: string): ServiceAccountOutcome => ({ outcome: 'refused', reason });

/** Source: Kubernetes pkg/serviceaccount/jwt.go, claims.go. */
export function createServiceAccountTokens(
  deps: SharedSecretDeps,
  context: ObjectContext,
): ServiceAccountTokens {
  const keys = createSigningKeySource(deps);

  async function isThere(resource: string, namespace: string, { name, uid }: Named): Promise<boolean> {
    const found = await context.objects.get(coreType(resource), namespace, name);
    return found?.object.metadata.uid === uid;
  }

  /** Why a token whose signature is good is worth nothing. */
  async function fault(claims: Claims): Promise<string | undefined> {
    const seconds = context.now() / 1000;
    if (claims.exp !== undefined && seconds >= claims.exp) return 'service account token has expired';
    if (seconds < claims.nbf) return 'service account token is not valid yet';
    if (!claims.aud.includes(issuer)) return 'service account token is for other audiences';
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    if (!(await isThere('serviceaccounts', namespace, serviceaccount))) {
      return 'service account has been deleted';
    }
    const bound = [
      ['pods', namespace, pod],
      ['secrets', namespace, secret],
      ['nodes', '', node],
    ] as const;
    for (const [resource, place, object] of bound) {
      if (object !== undefined && !(await isThere(resource, place, object))) {
        return `service account token is bound to one of the ${resource} that is gone`;
      }
    }
    return undefined;
  }

  return {
    async issue({ namespace, account, audiences, expirationSeconds, boundTo }) {
      const key = await keys.make();
      const now = Math.floor(context.now() / 1000);
      const exp = expirationSeconds === undefined ? undefined : now + expirationSeconds;
      const bound = boundTo && { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } };
      const claims: Claims = {
        aud: audiences,
        ...(exp !== undefined && { exp }),
        iat: now,
        iss: issuer,
        jti: randomUUID(),
        'kubernetes.io': { namespace, ...bound, serviceaccount: account },
        nbf: now,
        sub: `system:serviceaccount:${namespace}:${account.name}`,
      };
      return { token: signed(key, claims), expiresAt: exp === undefined ? Infinity : exp * 1000 };
    },

    async authenticate(token) {
      const parts = token.split('.');
      if (parts.length !== 3) return notMine;
      const key = await keys.find();
      if (key === undefined || parts[0] !== headerOf(key)) return notMine;
      const claims = verified(key, parts as [string, string, string]);
      if (claims === undefined) return refused('invalid signature of a service account token');
      const reason = await fault(claims);
      if (reason !== undefined) return refused(reason);
      const expiresAt = claims.exp === undefined ? Infinity : claims.exp * 1000;
      return { outcome: 'authenticated', user: userOf(claims), expiresAt };
    },

    async verificationKey() {
      const { id, publicKey } = await keys.make();
      const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
      return { use: 'sig', kty, kid: id, crv, alg: 'ES256', x, y };
    },
  };
}

/** The one header that the key signs: what has another is not its. */
function headerOf({ id }: SigningKey): string {
  return encoded({ alg: 'ES256', kid: id });
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** RFC 7518 §3.4. */
const dsaEncoding = 'ieee-p1363';

function signed(key: SigningKey, claims: Claims): string {
  const input = `${headerOf(key)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding });
  return `${input}.${signature.toString('base64url')}`;
}

/** What this key has signed is what `signed` has written. */
function verified(
  { publicKey }: SigningKey,
  [header, payload, signature]: [string, string, string],
): Claims | undefined {
  const bytes = Buffer.from(signature, 'base64url');
  // One token has one spelling.
  if (bytes.toString('base64url') !== signature) return undefined;
  const isGood = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: publicKey, dsaEncoding },
    bytes,
  );
  return isGood ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : undefined;
}

const extraPrefix = 'authentication.kubernetes.io/';

/** Source: pkg/serviceaccount/claims.go, staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go UserInfo. */
function userOf({ sub, jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  return {
    username: sub,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      [`${extraPrefix}credential-id`]: [`JTI=${jti}`],
      ...(pod && { [`${extraPrefix}pod-name`]: [pod.name], [`${extraPrefix}pod-uid`]: [pod.uid] }),
      ...(node && { [`${extraPrefix}node-name`]: [node.name], [`${extraPrefix}node-uid`]: [node.uid] }),
    },
  };
}
