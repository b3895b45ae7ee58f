import { type LazyAgent, lazyAgent } from '../http/index.ts';
import { isObject, readMember } from './compact-jws.ts';
import { isLoopbackHost, parseIssuerURL } from './issuer-url.ts';
import { type KeySource, type KeysAnswer, selectKeys } from './key-source.ts';
import { importVerificationKeys, type VerificationKey } from './verification-key.ts';

/** What the key source needs. Times are in milliseconds. */
export interface RemoteKeySourceDeps {
  /** The configured issuer URL; its discovery document must name exactly this. */
  readonly issuer: string;
  /** Used verbatim instead of the issuer's well-known path. */
  readonly discoveryURL?: string;
  /** Where the keys are, if no discovery document is to be asked. */
  readonly jwksURL?: string;
  /** PEM; absent: the system's certificate authorities. */
  readonly certificateAuthority?: string;
  readonly now: () => number;
  readonly log: { warn(details: object, message: string): void };
  /** Least time between two fetches once keys are known; default 30 s. */
  readonly coolDown?: number;
  /** Least time between two fetches while no keys are known; default 10 s, as kube-apiserver's. */
  readonly retryAfter?: number;
  /** Age at which known keys are fetched anew in the background; default 10 min. */
  readonly maxAge?: number;
  /** For one fetch as a whole; default 10 s. */
  readonly timeout?: number;
}

/** A key source that must be closed, because it holds connections. */
export interface RemoteKeySource extends KeySource {
  /** Fetches the keys ahead of the first token; false when that failed (it is tried again on use). */
  load(): Promise<boolean>;
  /** Whether keys were fetched once; they count as long as nothing newer comes. */
  loaded(): boolean;
  close(): Promise<void>;
}

const maximumBytes = 1024 * 1024;

/**
 * The keys of an issuer reached over HTTP, by OpenID Connect Discovery. No credentials are sent and
 * no redirect is followed: the configured hosts are the only ones that vouch for keys. While the
 * issuer is down the last known keys stay in use. However many tokens of unknown keys arrive, at most
 * one fetch is made per cool-down.
 */
export function createRemoteKeySource(deps: RemoteKeySourceDeps): RemoteKeySource {
  const {
    coolDown = 30_000,
    retryAfter = 10_000,
    maxAge = 600_000,
    timeout = 10_000,
    now,
    log,
    issuer,
  } = deps;
  const agent = lazyAgent({
    connect: {
      ...(deps.certificateAuthority === undefined ? {} : { ca: deps.certificateAuthority }),
      timeout,
    },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connections: 2,
  });
  const discoveryURL = deps.discoveryURL ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const httpAllowed = isLocalHTTP(discoveryURL);

  let jwksURI: string | undefined;
  let keys: readonly VerificationKey[] | undefined;
  let keysText = '';
  let generation = 0;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = 0;
  let pending: Promise<void> | undefined;

  const discover = async (): Promise<string> => {
    if (deps.jwksURL !== undefined) return deps.jwksURL;
    const document: unknown = JSON.parse(await getText(discoveryURL, agent, timeout));
    const members = isObject(document) ? document : {};
    if (readMember(members, 'issuer') !== issuer) throw new Error('discovery document is of another issuer');
    const uri = readMember(members, 'jwks_uri');
    if (typeof uri !== 'string' || uri === '') throw new Error('provider did not return JWKS URL');
    const parts = parseIssuerURL(uri);
    if (typeof parts === 'string' || parts.userinfo !== undefined)
      throw new Error('jwks_uri is not acceptable');
    if (parts.scheme !== 'https' && !(httpAllowed && isLocalHTTP(uri)))
      throw new Error('jwks_uri must be https');
    return uri;
  };
  const fetchKeys = async (): Promise<void> => {
    try {
      jwksURI ??= await discover();
      const text = await getText(jwksURI, agent, timeout);
      const set: unknown = JSON.parse(text);
      const list = isObject(set) ? readMember(set, 'keys') : undefined;
      if (!Array.isArray(list)) throw new Error('JWKS has no keys');
      if (keys === undefined || text !== keysText) {
        keys = importVerificationKeys({ keys: list });
        keysText = text;
        generation += 1;
      }
      fetchedAt = now();
    } catch (error) {
      // The keys may have moved: ask the discovery document again next time.
      jwksURI = undefined;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ issuer, reason }, 'could not fetch the keys of an issuer');
    }
  };
  /** The running fetch, a new one, or undefined when it is too early for another. */
  const refresh = (): Promise<void> | undefined => {
    if (pending !== undefined) return pending;
    if (now() - attemptedAt < (keys === undefined ? retryAfter : coolDown)) return undefined;
    attemptedAt = now();
    pending = fetchKeys().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const refreshWhenOld = (): void => {
    if (keys !== undefined && now() - fetchedAt >= maxAge) void refresh();
  };
  const selected = (kid: string | undefined): KeysAnswer =>
    keys === undefined ? undefined : selectKeys(keys, kid);

  return {
    keysFor: (kid) => {
      const known = selected(kid);
      if (known === undefined) return refresh()?.then(() => selected(kid));
      refreshWhenOld();
      return known;
    },
    refetchedKeysFor: (kid) => refresh()?.then(() => selected(kid)),
    generation: () => {
      refreshWhenOld();
      return generation;
    },
    load: async () => {
      await refresh();
      return keys !== undefined;
    },
    loaded: () => keys !== undefined,
    close: () => agent.close(),
  };
}

function isLocalHTTP(url: string): boolean {
  const parts = parseIssuerURL(url);
  return typeof parts !== 'string' && parts.scheme === 'http' && isLoopbackHost(parts.host);
}

async function getText(url: string, agent: LazyAgent, timeout: number): Promise<string> {
  const { statusCode, body } = await agent.request(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeout),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (size > maximumBytes) throw new Error('answer is larger than 1 MiB');
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  return Buffer.concat(chunks).toString('utf8');
}
