import { type Client, type Grant, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Account } from '../accounts/accounts.ts';
import { connectorOf } from '../claims/client-claims.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { Subjects } from '../claims/subjects.ts';
import { isLoopbackRedirectUri } from '../clients/redirect-uri.ts';
import { refusalOf } from './find-account.ts';
import { createSecondFactorPrompt, type SecondFactorDeps } from './second-factor-prompt.ts';

const { Check, Prompt, base } = interactionPolicy;

/** An operator has written it down or made it; else people are asked whatever is configured. */
export function isVouchedFor(client: Client): boolean {
  return client['registered'] !== true || client['vouched_for'] === true;
}

function mustAskEachTime({ oidc }: KoaContextWithOIDC, skipApprovalScreen: boolean): boolean {
  // Anybody's program can call itself by a loopback client's name: the person has to say yes each time (RFC 8252 §8.6).
  return (
    oidc.client?.applicationType === 'native' &&
    oidc.client['first_party'] !== true &&
    !(skipApprovalScreen && isVouchedFor(oidc.client)) &&
    oidc.result?.consent === undefined
  );
}

/** Why somebody who is signed in already has to confirm that they began this sign-in. */
export const signOnReason = 'sign_on';

/**
 * Whether a code would go to a program on the person's computer without a password typed or a button pressed for it.
 * Any program there can send the browser here and listen at the redirect URI: being signed in proves nothing about it.
 * So prompt=none is never enough for such a client.
 */
function awaitsConfirmation({ oidc: { client, params, result } }: KoaContextWithOIDC): boolean {
  const local =
    client?.applicationType === 'native' || isLoopbackRedirectUri(String(params?.['redirect_uri'] ?? ''));
  return local && result?.login === undefined && result?.consent === undefined;
}

/**
 * Kept with a sign-in instead of the `id_token_hint` itself, which is nothing to be stored: whose token it was. Only that
 * person may finish the sign-in (OpenID Connect Core §3.1.2.2).
 */
function hintedAccount({ oidc: { entities } }: KoaContextWithOIDC, { accountOf }: Subjects) {
  const subject = entities.IdTokenHint?.payload['sub'];
  return { hinted_account: subject === undefined ? undefined : (accountOf(String(subject)) ?? nobody) };
}

/** What a subject of no account stands for: no account's id is empty. */
const nobody = '';

/** The step at which somebody who is signed in learns that the application is not for them. */
export const refusalPrompt = 'refusal';

function createRefusalPrompt() {
  const details = (ctx: KoaContextWithOIDC) => ({ refusal: refusalOf(ctx) });
  return new Prompt(
    { name: refusalPrompt, requestable: false },
    details,
    new Check(
      'refused_by_client_policy',
      'the account may not sign in to this client',
      'access_denied',
      (ctx) => refusalOf(ctx) !== undefined,
    ),
  );
}

/** When a person is asked to sign in, when to consent, and when there is nothing to ask but to go back. */
export interface PolicyDeps {
  readonly skipApprovalScreen: boolean;
  readonly subjects: Subjects;
  readonly secondFactor: SecondFactorDeps;
  readonly policies: Pick<ClientPolicies, 'allowsConnector'>;
  /** Whether people can sign in there now. */
  hasSource(connector: string): boolean;
}

/** Whether a session is of people from another place than the client lets in, or than the request asks for. */
function isOfAnotherSource({ oidc }: KoaContextWithOIDC, { policies, hasSource }: PolicyDeps): boolean {
  const { account, client, params, result } = oidc;
  if (account === undefined || client === undefined) return false;
  const connector = connectorOf('upstream' in account ? (account as Pick<Account, 'upstream'>) : {});
  const wanted: unknown = params?.['connector_id'];
  const isWanted = typeof wanted !== 'string' || wanted === connector || !hasSource(wanted);
  if (!policies.allowsConnector(connector, client.clientId, oidc.requestParamScopes)) return true;
  return !isWanted && result?.login === undefined;
}

export function createPolicy(deps: PolicyDeps) {
  const { skipApprovalScreen, subjects, secondFactor } = deps;
  const policy = base();
  const login = policy.get('login');
  if (login !== undefined) login.details = (ctx) => hintedAccount(ctx, subjects);
  login?.checks.remove('id_token_hint');
  login?.checks.add(
    new Check(
      'id_token_hint',
      'id_token_hint is of somebody else than who is signed in',
      'login_required',
      (ctx) => {
        const { hinted_account: hinted } = hintedAccount(ctx, subjects);
        return hinted !== undefined && hinted !== ctx.oidc.session?.accountId;
      },
    ),
  );
  login?.checks.add(
    new Check(
      'account_gone',
      'the signed-in account does not exist any more',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
  );
  login?.checks.add(
    new Check(
      'another_source',
      'people of this source may not sign in to the client, or another one is asked for',
      'login_required',
      (ctx) => isOfAnotherSource(ctx, deps),
    ),
  );
  // A browser has one account here: to choose another is to sign in.
  policy.add(
    new Prompt({ name: 'select_account', requestable: true }, (ctx) => hintedAccount(ctx, subjects)),
    1,
  );
  policy.add(createRefusalPrompt(), 2);
  policy.add(createSecondFactorPrompt(secondFactor), 3);
  const consent = policy.get('consent');
  consent?.checks.remove('native_client_prompt');
  consent?.checks.add(
    new Check('native_client_prompt', 'native clients require consent', 'interaction_required', (ctx) =>
      mustAskEachTime(ctx, skipApprovalScreen),
    ),
  );
  consent?.checks.add(
    new Check(
      signOnReason,
      'a program on a computer is signed in by its user',
      'interaction_required',
      awaitsConfirmation,
    ),
  );
  return policy;
}

/**
 * The grant for an authorization. Within a session a client keeps its grant, except for `offline_access`: tokens that
 * outlive the session get a grant of their own each time, so that ending one family of them (a code seen twice, a
 * refresh token reused) leaves the same person's other devices alone. Consent given earlier in the session counts;
 * the product's own clients and `skipApprovalScreen` need none.
 */
export function createGrantLoader({ skipApprovalScreen }: { readonly skipApprovalScreen: boolean }) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, session, provider, result, requestParamOIDCScopes: requested } = ctx.oidc;
    if (client === undefined || session?.accountId === undefined) return undefined;
    const decided = result?.consent?.grantId;
    if (decided !== undefined) return provider.Grant.find(decided);
    const withoutAsking = client['first_party'] === true || (skipApprovalScreen && isVouchedFor(client));
    const earlier = await earlierGrant(ctx.oidc);
    if (earlier === undefined && !withoutAsking) return undefined;
    const grant =
      earlier === undefined || requested.has('offline_access')
        ? new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
        : earlier;
    // Who is asked each time says yes to all of it each time.
    const given = mustAskEachTime(ctx, skipApprovalScreen) ? '' : (earlier?.getOIDCScope() ?? '');
    grant.addOIDCScope(withoutAsking ? requested : given);
    // Until the person has confirmed, it only serves to see what else to ask.
    if (!awaitsConfirmation(ctx)) await grant.save();
    return grant;
  };
}

async function earlierGrant({
  client,
  session,
  provider,
}: KoaContextWithOIDC['oidc']): Promise<Grant | undefined> {
  const id = session?.grantIdFor(client?.clientId ?? '');
  const grant = typeof id === 'string' ? await provider.Grant.find(id) : undefined;
  return grant?.accountId === session?.accountId ? grant : undefined;
}
