import { randomBytes } from 'node:crypto';
import type { ManagedClient } from '../../config/index.ts';
import type { ClientConfig } from '../identity-deps.ts';

/** How a registered client may prove who it is (RFC 7591 §2, `token_endpoint_auth_method`). */
export const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

export type AuthMethod = (typeof authMethods)[number];

/** What an application says of itself, checked. */
export interface Registration
  extends Required<Pick<ClientConfig, 'redirectURIs' | 'postLogoutRedirectURIs' | 'grantTypes'>>,
    Pick<ClientConfig, 'jwks'> {
  /** Undefined: it has no name but its id. */
  readonly name: string | undefined;
  readonly authMethod: AuthMethod;
}

/** What only an operator says of a client, and no application of itself. */
export type ClientTerms = Omit<ManagedClient, keyof Registration | 'public'>;

/** A client that has registered itself, or that an operator has made, as the store has it. */
export interface RegisteredClient extends Registration {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Undefined for a client without a secret. */
  readonly secretHash: string | undefined;
  /** Of the registration access token, with which the client is read, changed and removed (RFC 7592); a managed one has none. */
  readonly tokenHash: string | undefined;
  /** Somebody has got tokens by it. */
  readonly used: boolean;
  /** An operator has made it and vouches for it: it counts wherever nobody may register, and does not end by itself. */
  readonly managed?: true;
  /** Absent: nothing is said. */
  readonly terms?: ClientTerms;
  /** What `kubectl apply` has said last of a managed one, for itself to know. */
  readonly lastApplied?: string | undefined;
}

const prefix = 'registered-';

/** No configured client is called so by chance; and an object of Kubernetes may be. */
export function newClientId(): string {
  return prefix + randomBytes(16).toString('hex');
}

/** Known to who is told it alone: kept is its hash. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** Its configuration, if somebody had written one. Its secret is known to itself alone: what is compared is the hash. */
export function configOf(client: RegisteredClient): ClientConfig {
  const { id, name, redirectURIs, postLogoutRedirectURIs, grantTypes, jwks, authMethod, secretHash } = client;
  return {
    ...client.terms,
    id,
    name: name ?? id,
    public: authMethod === 'none',
    redirectURIs,
    postLogoutRedirectURIs,
    grantTypes,
    ...(jwks === undefined ? {} : { jwks }),
    ...(secretHash === undefined ? {} : { secret: secretHash }),
  };
}
