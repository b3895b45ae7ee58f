import type Provider from 'oidc-provider';
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Account, Accounts } from '../accounts/accounts.ts';
import type { ClientClaims } from '../claims/client-claims.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { commonGroups } from '../claims/common-groups.ts';
import type { Subjects } from '../claims/subjects.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import { lacksFactor, type SecondFactorDeps } from '../provider/second-factor-prompt.ts';
import { type ExchangeRequest, exchangeParameters, readExchangeRequest } from './exchange-request.ts';
import { readSubjectToken, type Subject } from './subject-token.ts';
import { idTokenType, tokenExchangeGrant } from './token-types.ts';

export interface TokenExchangeDeps {
  readonly accounts: Accounts;
  readonly policies: ClientPolicies;
  readonly subjects: Subjects;
  readonly secondFactor: Pick<SecondFactorDeps, 'factors'>;
  readonly lifetimes: Pick<Lifetimes, 'idToken' | 'accessToken'>;
  isEnded(sessionId: string): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Actors in a row (RFC 8693 §4.1): a token that has gone through more hands than this goes no further. */
const longestChain = 4;

type Claims = Record<string, unknown>;

/**
 * Token exchange (RFC 8693): from a token of a person a narrower one for another audience, for example a cluster of
 * its own. The new token tells no more than the old one, lives no longer, and ends with the same session. What it
 * says of the person is read anew.
 */
export function serveTokenExchange(provider: Provider, deps: TokenExchangeDeps): void {
  const now = () => Math.floor(deps.now() / 1000);

  async function exchange(ctx: KoaContextWithOIDC, client: Client): Promise<void> {
    const request = await readExchangeRequest(ctx, client);
    const subject = await readSubjectToken(ctx, client, request.subject, {
      isEnded: deps.isEnded,
      accountOf: deps.subjects.accountOf,
      now,
    });
    // For the audit trail: a grant is not looked at any more.
    ctx.state['sid'] = subject.sid;
    const account = await deps.accounts.byId(subject.accountId);
    if (account === undefined) throw new errors.InvalidRequest('the subject_token is invalid');
    mustHaveShown(deps, account, subject, request.target);
    ctx.oidc.entity('Account', { accountId: account.id, claims: () => ({ sub: account.id }) });
    const scopes = narrowScopes(subject, request.scopes);
    const told = claimsFor(deps.policies, account, { client, target: request.target }, scopes);
    const claims = {
      ...narrowClaims(told, subject, request.groups),
      ...actedBy(client, request.target, subject),
    };
    const longest =
      request.requestedType === idTokenType ? deps.lifetimes.idToken : deps.lifetimes.accessToken;
    const expiresAt = Math.min(subject.expiresAt, now() + longest);
    const issue = request.requestedType === idTokenType ? issueIdToken : issueAccessToken;
    ctx.body = {
      access_token: await issue(ctx, client, { request, account, scopes, claims, expiresAt }),
      issued_token_type: request.requestedType,
      token_type: request.requestedType === idTokenType ? 'N_A' : 'Bearer',
      expires_in: expiresAt - now(),
      scope: scopes.join(' '),
    };
  }

  provider.registerGrantType(tokenExchangeGrant, (ctx) => exchange(ctx, ctx.oidc.client), exchangeParameters);

  async function issueAccessToken(ctx: KoaContextWithOIDC, client: Client, made: Made): Promise<string> {
    const audience = made.request.target.clientId;
    const token = new provider.AccessToken({
      accountId: made.account.id,
      client,
      grantId: '',
      gty: 'token_exchange',
      scope: made.scopes.join(' '),
      expiresIn: made.expiresAt - now(),
      extra: made.claims,
      resourceServer: new provider.ResourceServer(audience, {
        audience,
        scope: made.scopes.join(' '),
        accessTokenFormat: 'jwt',
      }),
    });
    ctx.oidc.entity('AccessToken', token);
    return token.save();
  }
}

interface Made {
  readonly request: ExchangeRequest;
  readonly account: Account;
  readonly scopes: readonly string[];
  readonly claims: Claims;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

async function issueIdToken(ctx: KoaContextWithOIDC, client: Client, made: Made): Promise<string> {
  const { target } = made.request;
  const token = new ctx.oidc.provider.IdToken({ sub: made.account.id }, { ctx, client: target });
  Object.assign(token, { scope: 'openid' });
  for (const [name, value] of Object.entries(made.claims)) token.set(name, value);
  if (target.clientId !== client.clientId) token.set('azp', client.clientId);
  return token.issue({ use: 'idtoken', expiresAt: made.expiresAt });
}

/**
 * The target may demand a factor that the person has not shown to the client. An opaque access token does not say how they
 * signed in: for such a target an ID token has to be presented.
 */
function mustHaveShown(
  { secondFactor }: TokenExchangeDeps,
  account: Account,
  { signIn: { amr } }: Subject,
  { clientId }: Client,
): void {
  const shown = Array.isArray(amr) ? amr.map(String) : [];
  if (lacksFactor(secondFactor, account, shown, { client_id: clientId }))
    throw new errors.InvalidRequest('the subject_token is invalid', undefined, {
      detail: 'the audience demands a second factor',
    });
}

/** @throws errors.InvalidScope for a scope that the subject token does not have */
function narrowScopes(subject: Subject, asked: readonly string[] | undefined): readonly string[] {
  const wide = asked?.find((scope) => !subject.scopes.has(scope));
  if (wide !== undefined) throw new errors.InvalidScope('the subject_token does not have this scope', wide);
  return [...new Set(['openid', ...(asked ?? subject.scopes)])];
}

/**
 * What the target is told of the account, less the groups that the client is not told of; both must let it in.
 * @throws errors.InvalidRequest when one does not, in the words for any other token that does not count
 */
function claimsFor(
  policies: ClientPolicies,
  account: Account,
  { client, target }: { readonly client: Client; readonly target: Client },
  scopes: readonly string[],
): Claims {
  const [byClient, byTarget] = [client, target].map(({ clientId }) => {
    const judged = policies.judge(account, clientId, []);
    if (judged.refusal === undefined) return judged;
    throw new errors.InvalidRequest('the subject_token is invalid', undefined, {
      detail: judged.refusal.reason,
    });
  }) as [ClientClaims, ClientClaims];
  return commonGroups(byTarget.within(new Set(scopes)), [byClient]);
}

function narrowClaims(
  { sub: _sub, ...claims }: Claims,
  subject: Subject,
  groups: ReadonlySet<string> | undefined,
): Claims {
  const told = Array.isArray(claims['groups']) ? claims['groups'].map(String) : [];
  const kept = told.filter(
    (group) => (subject.groups?.includes(group) ?? true) && (groups?.has(group) ?? true),
  );
  return {
    ...claims,
    ...(Object.hasOwn(claims, 'groups') ? { groups: kept } : {}),
    ...subject.signIn,
    sid: subject.sid,
  };
}

/** @throws errors.InvalidRequest when the token has gone through too many hands */
function actedBy(client: Client, target: Client, { act }: Subject): Claims {
  if (chainLength(act) >= longestChain)
    throw new errors.InvalidRequest('the subject_token has too many actors');
  const former = act === undefined ? {} : { act };
  return target.clientId === client.clientId ? former : { act: { sub: client.clientId, ...former } };
}

function chainLength(act: unknown): number {
  return typeof act === 'object' && act !== null ? 1 + chainLength(Reflect.get(act, 'act')) : 0;
}
