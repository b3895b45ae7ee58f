/** Asks for a token that another client takes, too. Source: dexidp/dex server/tokens/scopes.go. */
const PREFIX = 'audience:server:client_id:';

/** Which clients let which others ask for tokens for them. */
export interface Trust {
  /** Whether the client may ask for tokens for the peer: it is the peer, or among its `trustedPeers`. */
  trusts(peerId: string, clientId: string): boolean;
}

export function audienceScope(clientId: string): string {
  return PREFIX + clientId;
}

/** The client that a scope asks a token for; undefined for any other scope. */
export function audienceOf(scope: string): string | undefined {
  return scope.startsWith(PREFIX) ? scope.slice(PREFIX.length) : undefined;
}

/** Those scopes that ask for a token for a client which is not there or does not trust the one that asks. */
export function untrustedScopes(clientId: string, scopes: Iterable<string>, trust: Trust): readonly string[] {
  return [...scopes].filter((scope) => {
    const peer = audienceOf(scope);
    return peer !== undefined && !trust.trusts(peer, clientId);
  });
}

/**
 * Whom an ID token is for: the client, and every peer that its scopes name; in Dex's order, so that the client is last
 * unless it asked for itself. Source: dexidp/dex server/tokens/claims.go (GetAudience).
 */
export function audiencesFor(clientId: string, scopes: Iterable<string>): readonly string[] {
  const peers = new Set([...scopes].map(audienceOf).filter((peer) => peer !== undefined));
  return [...peers.add(clientId)];
}
