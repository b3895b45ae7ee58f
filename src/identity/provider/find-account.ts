import type { FindAccount, KoaContextWithOIDC, Account as ProviderAccount } from 'oidc-provider';
import type { Account, Accounts } from '../accounts/accounts.ts';
import type { Refusal } from '../claims/client-claims.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { firstPartyScopes } from '../claims/scope-claims.ts';
import type { Log } from '../identity-deps.ts';
import { sessionIdOf } from './ended-grants.ts';
import { lacksFactor, type SecondFactorDeps } from './second-factor-prompt.ts';

export interface FindAccountDeps {
  readonly accounts: Accounts;
  readonly policies: ClientPolicies;
  readonly log: Log;
  readonly secondFactor: Pick<SecondFactorDeps, 'factors'>;
  /**
   * Asks the connector of somebody whether they may still come in.
   * @throws UpstreamUnavailableError
   */
  askAgain(accountId: string): Promise<boolean>;
}

interface JudgedAccount extends ProviderAccount {
  /** Why it may not sign in to the client that asks. */
  readonly refusal: Refusal | undefined;
  readonly groups: readonly string[];
  readonly upstream: Account['upstream'];
}

/** Where a person looks at a page: there a refusal is told. Everywhere else the account is not there. */
const INTERACTIVE = new Set(['authorization', 'resume', 'code_verification', 'device_resume']);

/** Groups, policies and everything else are read anew at each sign-in, code, refresh and userinfo request. */
export function createFindAccount({
  accounts,
  policies,
  log,
  secondFactor,
  askAgain,
}: FindAccountDeps): FindAccount {
  /** As the connector knows them by now. */
  const asked = async (id: string) => ((await askAgain(id)) ? accounts.byId(id) : undefined);

  return async (ctx, id, token): Promise<JudgedAccount | undefined> => {
    const known = await accounts.byId(id);
    if (known === undefined) return undefined;
    const account = known.upstream !== undefined && isRefreshed(token) ? await asked(id) : known;
    if (account === undefined) return undefined;
    const { groups, upstream } = account;
    const { client, route } = ctx.oidc;
    if (client === undefined)
      return { accountId: id, refusal: undefined, groups, upstream, claims: () => ({ sub: id }) };
    const scopes = scopesOf(token) ?? ctx.oidc.requestParamScopes;
    const peers = policies.freshen(client.clientId, scopes);
    if (peers !== undefined) await peers;
    const judged = policies.judge(account, client.clientId, scopes);
    if (judged.refusal !== undefined) {
      logRefusal(log, judged.refusal, id);
      if (!INTERACTIVE.has(route)) return undefined;
      return { accountId: id, refusal: judged.refusal, groups, upstream, claims: refuseClaims };
    }
    if (isOutdated(secondFactor, account, client.clientId, token)) {
      log.info(
        { event: 'factor_missing', client_id: client.clientId, account: id },
        'a second factor is required',
      );
      return undefined;
    }
    return {
      accountId: id,
      refusal: undefined,
      groups,
      upstream,
      claims(use, scope) {
        const { grant } = ctx.oidc;
        const grantId = use === 'id_token' ? grant?.jti : undefined;
        const session = grantId === undefined ? {} : { sid: sessionIdOf(grantId) };
        if (client['first_party'] === true) {
          return {
            sub: id,
            ...judged.within(new Set([...firstPartyScopes, ...scope.split(' ')])),
            ...session,
          };
        }
        const granted = grant?.getOIDCScopeFiltered(new Set(scope.split(' '))) ?? '';
        return { sub: id, ...judged.within(new Set(granted.split(' '))), ...session };
      },
    };
  };
}

/** Whether it is a refresh token that leads to new ones: not one that was used before. */
function isRefreshed(token: unknown): boolean {
  const { kind, consumed } = (token ?? {}) as { kind?: string; consumed?: unknown };
  return kind === 'RefreshToken' && consumed === undefined;
}

/** What tokens are issued from, and remembers how the person signed in. */
const SOURCES = new Set(['AuthorizationCode', 'DeviceCode', 'RefreshToken']);

/** Whether a code or refresh token is of a sign-in that would not do any more: a factor may be required since. */
function isOutdated(
  deps: Pick<SecondFactorDeps, 'factors'>,
  account: Account,
  clientId: string,
  token: unknown,
): boolean {
  const { kind, scope, amr = [] } = (token ?? {}) as { kind?: string; scope?: string; amr?: string[] };
  return SOURCES.has(kind ?? '') && lacksFactor(deps, account, amr, { client_id: clientId, scope });
}

/** Why the account that the request is about may not sign in to the client that asks. */
export function refusalOf({ oidc: { account } }: KoaContextWithOIDC): Refusal | undefined {
  return account !== undefined && 'refusal' in account ? (account as JudgedAccount).refusal : undefined;
}

function scopesOf(token: unknown): ReadonlySet<string> | undefined {
  const scopes: unknown =
    typeof token === 'object' && token !== null && 'scopes' in token ? token.scopes : undefined;
  return scopes instanceof Set ? scopes : undefined;
}

function refuseClaims(): never {
  throw new Error('an account that was refused has no claims');
}

function logRefusal(log: Log, refusal: Refusal, account: string): void {
  const { client, reason } = refusal;
  const fields = { event: 'client_refused', client_id: client, account, reason };
  if (refusal.reason === 'expression') {
    const { claim, problem } = refusal;
    log.error({ ...fields, claim, problem }, 'a claim mapping has no value: sign-in refused');
  } else if (refusal.reason === 'rule') {
    const { rule, problem } = refusal;
    const at = { ...fields, rule, ...(problem === undefined ? {} : { problem }) };
    if (problem === undefined) log.info(at, 'sign-in refused by a rule of the client');
    else log.error(at, 'a rule of the client could not be worked out: sign-in refused');
  } else log.info(fields, 'sign-in refused by the policy of the client');
}
