import { createRemoteKeySource, createStaticKeySource, type KeySource } from '../../jwt/index.ts';
import type { Log } from '../identity-deps.ts';
import type { FederatedCredential } from './federated-credential.ts';

export interface IssuerKeysDeps {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The keys of other issuers; each is asked once, however many clients it vouches for. */
export interface IssuerKeys {
  of(credential: FederatedCredential): KeySource;
  /** Lets go of all sources but those of these. */
  keepOnly(credentials: readonly FederatedCredential[]): void;
  close(): Promise<void>;
}

interface Source {
  readonly keys: KeySource;
  close(): Promise<void>;
}

const nameOf = ({ issuer, jwksURL, jwks }: FederatedCredential) => JSON.stringify([issuer, jwksURL, jwks]);

export function createIssuerKeys({ log, now }: IssuerKeysDeps): IssuerKeys {
  const sources = new Map<string, Source>();

  function open({ issuer, jwksURL, jwks }: FederatedCredential): Source {
    if (jwks !== undefined) return { keys: createStaticKeySource(() => jwks), close: async () => {} };
    const at = jwksURL === undefined ? {} : { jwksURL };
    const keys = createRemoteKeySource({ issuer, ...at, log, now });
    return { keys, close: () => keys.close() };
  }

  return {
    of(credential) {
      const name = nameOf(credential);
      const source = sources.get(name) ?? open(credential);
      sources.set(name, source);
      return source.keys;
    },
    keepOnly(credentials) {
      const kept = new Set(credentials.map(nameOf));
      for (const [name, source] of sources) {
        if (kept.has(name)) continue;
        sources.delete(name);
        source.close().catch((err: unknown) => log.warn({ err }, 'connections to an issuer were not closed'));
      }
    },
    async close() {
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };
}
