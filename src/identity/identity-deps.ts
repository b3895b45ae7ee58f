import type { JWK } from 'jose';
import type { LoginHint } from '../../views/index.ts';
import type { CorsOptions, ExtraHeaders } from '../http/index.ts';
import type { LeaderElection, Sealer, Store } from '../store/index.ts';
import type { IdentityAudit } from './audit/index.ts';
import type { ClientPolicyConfig } from './claims/client-policy.ts';
import type { SubjectEncoding } from './claims/subjects.ts';
import type { ConnectorConfig } from './connectors/connector-config.ts';
import type { MfaConfig } from './factors/requirement.ts';
import type { FederatedCredential } from './federated-credentials/federated-credential.ts';
import type { SigningAlgorithm } from './keys/make-key.ts';
import type { MetricRegistry } from './metrics/index.ts';
import type { RegistrationConfig } from './registration/registration-config.ts';

/** A relying party, in the shape of Dex's `staticClients[]`. */
export interface ClientConfig extends ClientPolicyConfig {
  readonly id: string;
  readonly secret?: string | undefined;
  readonly name?: string | undefined;
  readonly logoURL?: string | undefined;
  /** Has no secret: an app on the person's own machine. Without redirectURIs it may use any loopback http address. */
  readonly public?: boolean | undefined;
  readonly redirectURIs?: readonly string[] | undefined;
  readonly postLogoutRedirectURIs?: readonly string[] | undefined;
  /** Told when a person's session with the client ends (OpenID Connect Back-Channel Logout 1.0). */
  readonly backchannelLogoutURI?: string | undefined;
  /** Clients that may ask for tokens for this one. */
  readonly trustedPeers?: readonly string[] | undefined;
  /** Default: all that are served and fit the client. */
  readonly grantTypes?: readonly string[] | undefined;
  /** The public keys that its assertions are verified with, in place of a secret. */
  readonly jwks?: { readonly keys: readonly JWK[] } | undefined;
  /** Other issuers that vouch for it, in place of a secret or beside one. */
  readonly federatedCredentials?: readonly FederatedCredential[] | undefined;
  /** May introspect tokens of others, as an API gateway does. Default: false. */
  readonly introspect?: boolean | undefined;
  /** What tokens say that it gets for itself. With it, a client needs no redirectURIs. */
  readonly clientCredentialsClaims?: { readonly groups: readonly string[] } | undefined;
  /** `session`: refresh tokens end with the browser's session. Default: `standalone`. */
  readonly refreshTokenLifetime?: 'standalone' | 'session' | undefined;
  /** Ids of authenticators that a sign-in passes. Absent: `defaultMFAChain`; empty: none. */
  readonly mfaChain?: readonly string[] | undefined;
}

/** A local account, in the shape of Dex's `staticPasswords[]`. */
export interface StaticPassword {
  readonly email: string;
  /** bcrypt */
  readonly hash: string;
  /** The display name (Dex's word); `name` wins where given. */
  readonly username: string;
  readonly name?: string | undefined;
  readonly preferredUsername?: string | undefined;
  /** Default: true. */
  readonly emailVerified?: boolean | undefined;
  /** Becomes `sub`. */
  readonly userID: string;
  readonly groups?: readonly string[] | undefined;
}

/** How the product keeps its own accounts. */
export interface AccountsConfig {
  readonly passwordPolicy?:
    | {
        /** Unicode characters. Default: 12. */
        readonly minLength?: number | undefined;
      }
    | undefined;
  /** What new hashes cost. Default: 19 MiB, 2 passes. */
  readonly argon2?:
    | {
        /** KiB */
        readonly memoryCost: number;
        readonly timeCost: number;
      }
    | undefined;
}

/** Lifetimes in milliseconds, in the shape of Dex's `expiry`; what is absent has a finite default. */
export interface ExpiryConfig {
  /** Default: 24 h. Access tokens live as long, at most 1 h. */
  readonly idTokens?: number | undefined;
  /** How long a sign-in may take. Default: 15 min. */
  readonly authRequests?: number | undefined;
  /** How long a device code lives. Default: 5 min. */
  readonly deviceRequests?: number | undefined;
  readonly refreshTokens?:
    | {
        /** Default: 14 days. */
        readonly validIfNotUsedFor?: number | undefined;
        /** Counted from the sign-in. Default: 90 days. */
        readonly absoluteLifetime?: number | undefined;
        /** In which a used token may be presented again and leads to the same successor. Default: 30 s; 0: never. */
        readonly reuseInterval?: number | undefined;
        /** One refresh token for all of a session, and no telling that it was stolen. Default: false. */
        readonly disableRotation?: boolean | undefined;
      }
    | undefined;
}

/** How long a browser stays signed in, in the shape of Dex's `sessions`; lifetimes in milliseconds. */
export interface SessionsConfig {
  /** Default: sallyport_session. */
  readonly cookieName?: string | undefined;
  /** Counted from the sign-in. Default: 24 h. */
  readonly absoluteLifetime?: number | undefined;
  /** For who does not ask to be kept signed in. Default: 1 h. */
  readonly validIfNotUsedFor?: number | undefined;
  /** Default: false. */
  readonly rememberMeCheckedByDefault?: boolean | undefined;
}

export interface FrontendConfig {
  /** The name shown on pages. */
  readonly issuer?: string | undefined;
  readonly theme?: string | undefined;
  readonly logoURL?: string | undefined;
  /** `#rrggbb` */
  readonly accentColor?: string | undefined;
  /** A page, or a `mailto:` address. */
  readonly supportURL?: string | undefined;
  /** One text, or one for each language. */
  readonly notice?: string | Readonly<Record<string, string>> | undefined;
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

/** How tokens are signed, in the shape of Dex's `signer.local`. */
export interface SignerConfig {
  /** Default: RS256. */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** How long a key signs, in milliseconds. Default: 24 h. */
  readonly keysRotationPeriod?: number | undefined;
}

/** The part of a pino logger that is used here. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Calls back when all lines so far are written. Without it, they are written at once. */
  flush?(done: () => void): void;
}

export interface IdentityDeps {
  /** The issuer URL; a path means that everything is served under it. */
  readonly issuer: string;
  readonly store: Store;
  /** Keeps keys and secrets in the store. Default: in clear. */
  readonly sealer?: Sealer | undefined;
  /** Who does what one process does for all of them. Default: this process has no replica. */
  readonly leader?: Pick<LeaderElection, 'isLeader'> | undefined;
  readonly signer?: SignerConfig | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whether the process has more to do than it can, and is to turn requests away. Default: never. */
  isOverloaded?(): boolean;
  /** Whether the store does not answer: then this process is not ready. Default: never. */
  isStoreAway?(): boolean;
  readonly log: Log;
  /** Where the audit trail goes. Default: to the log. */
  readonly audit?: IdentityAudit | undefined;
  /** Where the door's metrics go. Default: nothing is counted. */
  readonly registry?: MetricRegistry | undefined;
  readonly clients: readonly ClientConfig[];
  readonly passwords: readonly StaticPassword[];
  /** Where people sign in elsewhere. Default: nowhere. */
  readonly connectors?: readonly ConnectorConfig[] | undefined;
  /** Whether the accounts that are kept here are a source, too. Default: true. */
  readonly offersLocal?: boolean | undefined;
  /** The choice of a source is shown also where there is only one, a connector. Default: false. */
  readonly alwaysShowLoginScreen?: boolean | undefined;
  readonly accounts?: AccountsConfig | undefined;
  /** How applications may register themselves. Default: not at all. */
  readonly registration?: RegistrationConfig | undefined;
  readonly expiry?: ExpiryConfig | undefined;
  readonly sessions?: SessionsConfig | undefined;
  /** Second factors, and who has to have one. Default: whoever has enrolled one is asked for it. */
  readonly mfa?: Partial<MfaConfig> | undefined;
  /** Clients with a secret must use PKCE too; public ones always must. Default: false. */
  readonly enforcePkce?: boolean | undefined;
  /** Grant types that are served (RFC 6749 names). Default: all that need no secret. */
  readonly grantTypes?: readonly string[] | undefined;
  /** How `sub` names an account. Default: `plain`. */
  readonly subjectEncoding?: SubjectEncoding | undefined;
  /** No client asks for consent. */
  readonly skipApprovalScreen?: boolean | undefined;
  readonly frontend?: FrontendConfig | undefined;
  /** Demo accounts to be shown on the sign-in page. */
  readonly loginHint?: LoginHint | undefined;
  /** Who else's scripts may read the endpoints that are for programs. Default: nobody's. */
  readonly cors?: CorsOptions | undefined;
  /** Headers beside the ones that every answer has. */
  readonly headers?: ExtraHeaders | undefined;
  /** CIDR ranges whose X-Forwarded-For is believed. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined;
}
