import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { accessTokenType, idTokenType } from './token-types.ts';

/** The parameters of RFC 8693 §2.1, Dex's own one, and `groups`. */
export const exchangeParameters = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'audience',
  'resource',
  'scope',
  'groups',
  'connector_id',
] as const;

export interface ExchangeRequest {
  readonly subject: { readonly token: string; readonly type: string };
  readonly requestedType: typeof idTokenType | typeof accessTokenType;
  /** Whom the new token is for. */
  readonly target: Client;
  readonly scopes: readonly string[] | undefined;
  readonly groups: ReadonlySet<string> | undefined;
}

const words = (text: string) => text.split(' ').filter(Boolean);

/**
 * Reads a token exchange request, up to whom the token may be for: the client itself, or one that names it among its
 * `trustedPeers`. Trust goes one step: of a peer's peers nobody is asked.
 * @throws errors.InvalidRequest, errors.InvalidTarget (RFC 8693 §2.2.2)
 */
export async function readExchangeRequest(ctx: KoaContextWithOIDC, client: Client): Promise<ExchangeRequest> {
  const given = (name: (typeof exchangeParameters)[number]) => {
    const value = ctx.oidc.params?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [token, type] = [given('subject_token'), given('subject_token_type')];
  if (token === undefined) throw new errors.InvalidRequest('subject_token is missing');
  if (type === undefined) throw new errors.InvalidRequest('subject_token_type is missing');
  if (given('actor_token') !== undefined || given('actor_token_type') !== undefined)
    throw new errors.InvalidRequest('actor_token is not served: the client is the actor');
  if ((given('connector_id') ?? 'local') !== 'local')
    throw new errors.InvalidRequest('connector_id: tokens of other issuers are not exchanged');
  if (given('resource') !== undefined)
    throw new errors.InvalidTarget('resource is not served: name a client as audience');
  const requestedType = given('requested_token_type') ?? accessTokenType;
  if (requestedType !== idTokenType && requestedType !== accessTokenType)
    throw new errors.InvalidRequest(`requested_token_type must be ${idTokenType} or ${accessTokenType}`);
  const [scope, groups] = [given('scope'), given('groups')];
  return {
    subject: { token, type },
    requestedType,
    target: await findTarget(ctx, client, given('audience') ?? client.clientId),
    scopes: scope === undefined ? undefined : words(scope),
    groups: groups === undefined ? undefined : new Set(words(groups)),
  };
}

async function findTarget(
  { oidc: { provider } }: KoaContextWithOIDC,
  client: Client,
  id: string,
): Promise<Client> {
  if (id === client.clientId) return client;
  const target = await provider.Client.find(id);
  const peers = target?.['trusted_peers'];
  // Unknown and not trusting are one: client ids are nobody's to find out.
  if (target === undefined || !Array.isArray(peers) || !peers.includes(client.clientId))
    throw new errors.InvalidTarget('the audience is unknown, or does not trust this client');
  return target;
}
