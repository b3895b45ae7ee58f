import { setTimeout as delay } from 'node:timers/promises';
import {
  createRemoteKeySource,
  createStaticKeySource,
  type JSONWebKeySet,
  type RemoteKeySource,
} from '../jwt/index.ts';
import type { UserInfo } from '../kube/index.ts';
import { claimsToUser } from './authenticate/claims-to-user.ts';
import {
  type Authenticate,
  type AuthenticationConfiguration,
  type AuthenticatorDeps,
  createAuthenticator,
  createTokenAuthenticator,
  type Issuer,
  parseAuthenticationConfiguration,
  type TokenObserver,
} from './authenticate/index.ts';

/** The authenticators beside the configured issuers are the same before and after a reload. */
export interface ReloadableAuthenticatorDeps
  extends Pick<AuthenticatorDeps, 'authenticateCertificate' | 'tokenReviewer'> {
  /** Reads the AuthenticationConfiguration: its text, and its name for errors. */
  readonly load: () => { readonly text: string; readonly file: string };
  /** The identity provider in this process: its keys are at hand, its clients, and the sessions that it has ended. */
  readonly builtIn: {
    readonly issuer: string;
    jwks(): JSONWebKeySet;
    isEnded?(sessionId: string): boolean;
    hasClient?(clientId: string): boolean;
  };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  readonly observer?: TokenObserver | undefined;
  /** Milliseconds within which the new issuers of a reload must have answered; default 60 000, as in Kubernetes. */
  readonly deadline?: number;
  /** Milliseconds between attempts to reach one; default 1 000. */
  readonly retryAfter?: number;
  /** Milliseconds between attempts to reach an issuer that was away at the start; default 10 000, as in Kubernetes. */
  readonly loadAgainAfter?: number;
  /** Milliseconds after which replaced key sources are closed; default 10 000, one fetch at its slowest. */
  readonly closeAfter?: number;
}

export type ReloadOutcome = 'unchanged' | 'reloaded' | { readonly refused: Error };

export interface ReloadableAuthenticator {
  readonly authenticate: Authenticate;
  /** By the configured issuers only: for whoever the API server itself asks, lest the two ask each other for ever. */
  readonly authenticateByIssuers: Authenticate;
  /** The user that claims of the issuer in this process describe; a text says why they describe none. */
  userOf(claims: Readonly<Record<string, unknown>>): UserInfo | string;
  /** Never rejects; one at a time, in order. A refused configuration leaves everything as it was. */
  reload(): Promise<ReloadOutcome>;
  /** How many issuers are configured, and of how many of them no keys are known. */
  issuers(): { readonly total: number; readonly withoutKeys: number };
  close(): Promise<void>;
}

interface Current {
  readonly text: string;
  readonly configuration: AuthenticationConfiguration;
  readonly authenticate: Authenticate;
  readonly authenticateByIssuers: Authenticate;
  readonly remote: ReadonlyMap<string, RemoteKeySource>;
}

/**
 * An authenticator whose configuration can be replaced while it answers. Remembered tokens are
 * forgotten by a reload: the new mappings and rules hold from the next request on (kube-apiserver
 * keeps the old answers for 10 s). The anonymous section may not change, as in Kubernetes.
 * @throws AuthenticationConfigurationError when the first configuration is not acceptable
 */
export function createReloadableAuthenticator(deps: ReloadableAuthenticatorDeps): ReloadableAuthenticator {
  const { deadline = 60_000, retryAfter = 1000, loadAgainAfter = 10_000, closeAfter = 10_000 } = deps;
  const timers = new Set<NodeJS.Timeout>();
  const open = new Set<RemoteKeySource>();
  const closing = new AbortController();

  const closeSource = async (source: RemoteKeySource): Promise<void> => {
    if (open.delete(source)) await source.close();
  };
  const openSource = (issuer: Issuer): RemoteKeySource => {
    const { url, discoveryURL, certificateAuthority } = issuer;
    const source = createRemoteKeySource({
      issuer: url,
      now: deps.now,
      log: deps.log,
      retryAfter,
      ...(discoveryURL === undefined ? {} : { discoveryURL }),
      ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    });
    open.add(source);
    return source;
  };

  const build = (text: string, file: string, known: ReadonlyMap<string, RemoteKeySource>): Current => {
    const configuration = parseAuthenticationConfiguration(text, file);
    const remote = new Map<string, RemoteKeySource>();
    const issuers = configuration.jwt.map((authenticator) => {
      const { issuer } = authenticator;
      if (issuer.url === deps.builtIn.issuer) {
        const { builtIn } = deps;
        return {
          authenticator,
          keys: createStaticKeySource(() => builtIn.jwks()),
          isEnded: (sessionId: string) => builtIn.isEnded?.(sessionId) === true,
          isGone: (clientId: string) => builtIn.hasClient?.(clientId) === false,
        };
      }
      // The same issuer keeps its keys: it may be down just now.
      const identity = JSON.stringify([issuer.url, issuer.discoveryURL, issuer.certificateAuthority]);
      const keys = known.get(identity) ?? openSource(issuer);
      remote.set(identity, keys);
      return { authenticator, keys };
    });
    const tokenAuthenticator = createTokenAuthenticator({
      issuers,
      now: deps.now,
      observer: deps.observer,
    });
    const { authenticateCertificate, tokenReviewer } = deps;
    const authenticate = createAuthenticator({
      configuration,
      tokenAuthenticator,
      authenticateCertificate,
      tokenReviewer,
    });
    const authenticateByIssuers = createAuthenticator({ configuration, tokenAuthenticator });
    return { text, configuration, authenticate, authenticateByIssuers, remote };
  };

  /** Sources of `a` that `b` does not use. */
  const only = (a: Current, b: Current): RemoteKeySource[] =>
    [...a.remote].filter(([identity]) => !b.remote.has(identity)).map(([, source]) => source);

  const reachable = async (sources: readonly RemoteKeySource[]): Promise<boolean> => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(deadline)]);
    const expired = new Promise<false>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    const ready = async (source: RemoteKeySource): Promise<boolean> => {
      while (!signal.aborted) {
        if (await source.load()) return true;
        await delay(retryAfter, undefined, { signal }).catch(() => undefined);
      }
      return false;
    };
    const all = Promise.all(sources.map(ready)).then((answers) => answers.every(Boolean));
    return Promise.race([all, expired]);
  };

  const first = deps.load();
  let current = build(first.text, first.file, new Map());
  // Until then this gateway may get no requests, and with them no occasion to ask again.
  const loadEventually = async (source: RemoteKeySource): Promise<void> => {
    const { signal } = closing;
    while (open.has(source) && !signal.aborted && !(await source.load())) {
      await delay(loadAgainAfter, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  for (const source of current.remote.values()) void loadEventually(source);

  const reload = async (): Promise<ReloadOutcome> => {
    if (closing.signal.aborted) return { refused: new Error('the authenticator is closed') };
    const { text, file } = deps.load();
    if (text === current.text) return 'unchanged';
    const next = build(text, file, current.remote);
    const added = only(next, current);
    const refuse = async (reason: string): Promise<ReloadOutcome> => {
      await Promise.all(added.map(closeSource));
      return { refused: new Error(`${file}: ${reason}`) };
    };
    if (JSON.stringify(next.configuration.anonymous) !== JSON.stringify(current.configuration.anonymous)) {
      return refuse('anonymous: Forbidden: changed from initial configuration file');
    }
    if (!(await reachable(added))) return refuse('the keys of a new issuer could not be loaded in time');
    const replaced = only(current, next);
    current = next;
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const source of replaced) void closeSource(source);
    }, closeAfter);
    timer.unref();
    timers.add(timer);
    return 'reloaded';
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    authenticate: (rawHeaders, path, request) => current.authenticate(rawHeaders, path, request),
    authenticateByIssuers: (rawHeaders, path) => current.authenticateByIssuers(rawHeaders, path),
    userOf: (claims) => {
      const own = current.configuration.jwt.find(({ issuer }) => issuer.url === deps.builtIn.issuer);
      return own === undefined
        ? 'the AuthenticationConfiguration does not name the identity provider of this process'
        : claimsToUser(claims, own);
    },
    issuers: () => ({
      total: current.configuration.jwt.length,
      withoutKeys: [...current.remote.values()].filter((source) => !source.loaded()).length,
    }),
    reload: () => {
      const outcome = last.then(reload).catch((error: unknown) => ({
        refused: error instanceof Error ? error : new Error(String(error)),
      }));
      last = outcome;
      return outcome;
    },
    close: async () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await last;
      await Promise.all([...open].map(closeSource));
    },
  };
}
