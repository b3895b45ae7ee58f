/**
 * What ID tokens say of whom they are about and whom they are for, where that is not what the provider takes it to be.
 * Leans on how the provider's IdToken is made, like internals.ts: a new version needs a look at this file too.
 */
import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { acrOf } from '../factors/methods.ts';

export interface TokenShape {
  subjectOf(accountId: string): string;
  audiencesOf(clientId: string, scope: string): readonly string[];
}

interface IdTokenInternals {
  available: Readonly<Record<string, unknown>>;
  client: Client;
  readonly scope: string | undefined;
  /** The claims that were asked for. */
  readonly mask: { readonly acr?: { readonly values?: readonly string[] } | null } | undefined;
  set(claim: string, value: unknown): void;
  issue(options: { readonly use: string }): Promise<string>;
}

/**
 * Gives ID tokens the `sub` and the `aud` that this product says; the provider knows an account's id and one client only.
 * A token for several names in `azp` the one that it was issued to (OpenID Connect Core §2).
 */
export function shapeIdTokens(provider: Provider, { subjectOf, audiencesOf }: TokenShape): void {
  const { prototype } = provider.IdToken as unknown as { prototype: IdTokenInternals };
  const { issue } = prototype;
  prototype.issue = function issueShaped(this: IdTokenInternals, options) {
    const { client, available } = this;
    const { sub } = available;
    if (typeof sub === 'string') this.available = { ...available, sub: subjectOf(sub) };
    this.available = { ...this.available, ...knownHow(this) };
    const audiences = audiencesOf(client.clientId, this.scope ?? '');
    if (options.use !== 'idtoken' || audiences.length === 1) return issue.call(this, options);
    this.set('azp', client.clientId);
    // What signs takes the audience from the client that the token is for.
    this.client = Object.create(client, { clientId: { value: audiences } });
    return issue.call(this, options);
  };
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    const body: unknown = ctx.body;
    if (ctx.oidc?.route !== 'userinfo' || typeof body !== 'object' || body === null || !('sub' in body))
      return;
    ctx.body = { ...body, sub: subjectOf(String(body.sub)) };
  });
}

/** `acr` by what `amr` says: what the person did counts, however much of it a client has asked for. */
function knownHow({ available, mask }: IdTokenInternals): { readonly acr?: string } {
  const { amr } = available;
  const acr = Array.isArray(amr) ? acrOf(amr.map(String), mask?.acr?.values) : undefined;
  return acr === undefined ? {} : { acr };
}

/**
 * Takes an ID token for several clients as the hint of a sign-out: the provider would look for one client called like all
 * of them. Such a hint is verified here, and the client that it was issued to stands for it.
 */
export function acceptHintsForSeveral(provider: Provider): void {
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    const { id_token_hint: hint, client_id: named, ...rest } = ctx.query;
    if (ctx.path === '/logout' && typeof hint === 'string') {
      const client = await partyOfHint(provider, hint);
      if (client !== undefined && (named ?? client.clientId) === client.clientId) {
        ctx.query = { ...rest, client_id: client.clientId };
      }
    }
    await next();
  });
}

/** The client that a token for several was issued to; undefined for every other text. */
async function partyOfHint(provider: Provider, hint: string): Promise<Client | undefined> {
  try {
    const { aud, azp } = decodeJwt(hint);
    if (!Array.isArray(aud) || typeof azp !== 'string') return undefined;
    const client = await provider.Client.find(azp);
    if (client !== undefined) await provider.IdToken.validate(hint, client);
    return client;
  } catch {
    // The provider says what is wrong with it.
    return undefined;
  }
}
