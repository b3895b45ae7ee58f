import type { ConnectorConfig } from './resolve-connector.ts';
import type { ResolvedFederatedCredential } from './resolve-federated-credential.ts';
import type { GrantType } from './schema/grant-types.ts';
import type { ConfigFile } from './schema/index.ts';
import type { ListenAddress } from './schema/values.ts';

export type { ListenAddress };

/** A configuration as the parts of the product get it: parsed, secrets resolved, paths absolute, nothing optional in doubt. */
export interface Config {
  readonly file: string;
  readonly issuer: string;
  readonly storage: StorageConfig;
  /** What is undefined is the signer's to choose. */
  readonly signer: {
    readonly algorithm: NonNullable<NonNullable<ConfigFile['signer']>['config']>['algorithm'] | undefined;
    /** Milliseconds. */
    readonly keysRotationPeriod: number | undefined;
  };
  readonly web: ConfigFile['web'];
  readonly oauth2: Omit<ConfigFile['oauth2'], 'grantTypes' | 'dynamicClientRegistration'> & {
    readonly grantTypes: readonly GrantType[];
    readonly dynamicClientRegistration: RegistrationConfig | undefined;
  };
  readonly expiry: ConfigFile['expiry'];
  readonly logger: ConfigFile['logger'];
  readonly telemetry: ConfigFile['telemetry'];
  readonly frontend: ConfigFile['frontend'];
  readonly sessions: ConfigFile['sessions'];
  readonly mfa: ConfigFile['mfa'];
  readonly clients: readonly StaticClient[];
  readonly accounts: ConfigFile['accounts'];
  readonly passwords: readonly StaticPassword[];
  readonly enablePasswordDB: boolean;
  readonly connectors: readonly ConnectorConfig[];
  readonly audit: IdentityAuditConfig | undefined;
  readonly gateway: GatewayConfig | undefined;
}

export type StorageConfig =
  | { readonly type: 'memory' }
  | {
      readonly type: 'sqlite3';
      readonly file: string;
      readonly synchronous: 'full' | 'normal';
      readonly encryption?: EncryptionKeys;
    }
  | EtcdStorageConfig;

export interface EtcdStorageConfig {
  readonly type: 'etcd';
  /** Origins. */
  readonly endpoints: readonly [string, ...string[]];
  readonly namespace: string;
  readonly credentials?: { readonly name: string; readonly password: string };
  /** PEM texts. */
  readonly tls?: {
    readonly serverName?: string;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly encryption?: EncryptionKeys;
}

/** Keys of 32 bytes. */
export interface EncryptionKeys {
  readonly current: Buffer;
  readonly previous: readonly Buffer[];
}

export interface RegistrationConfig {
  /** undefined: everybody may register. */
  readonly initialAccessToken: string | undefined;
  readonly maxClients: number;
  /** Milliseconds. */
  readonly unusedFor: number;
}

export interface StaticClient {
  readonly id: string;
  readonly secret?: string;
  readonly name: string;
  readonly logoURL?: string;
  readonly public: boolean;
  readonly redirectURIs: readonly string[];
  readonly postLogoutRedirectURIs: readonly string[];
  readonly trustedPeers: readonly string[];
  readonly grantTypes?: readonly GrantType[] | undefined;
  readonly jwks?: { readonly keys: readonly { readonly kty: string }[] } | undefined;
  readonly federatedCredentials: readonly ResolvedFederatedCredential[];
  readonly introspect: boolean;
  readonly clientCredentialsClaims?: { readonly groups: readonly string[] } | undefined;
  readonly refreshTokenLifetime: 'standalone' | 'session';
  readonly mfaChain: readonly string[] | undefined;
  readonly allowedConnectors: readonly string[];
  readonly backchannelLogoutURI?: string;
  readonly allowedGroups: readonly string[] | undefined;
  readonly claimValidationRules: readonly { readonly expression: string; readonly message: string }[];
  readonly groupFilter: { readonly prefix: string } | { readonly pattern: string } | undefined;
  readonly claimMappings: readonly { readonly claim: string; readonly expression: string }[];
}

export interface StaticPassword {
  readonly email: string;
  readonly hash: string;
  readonly username: string;
  readonly name?: string;
  readonly preferredUsername?: string;
  readonly emailVerified: boolean;
  readonly userID: string;
  readonly groups: readonly string[];
}

export type IdentityAuditConfig = NonNullable<ConfigFile['audit']>;
export type GatewayConfig = NonNullable<ConfigFile['gateway']>;

/** An API server behind the gateway. */
export type ApiServerConfig = Exclude<GatewayConfig['target'], 'embedded'>;
