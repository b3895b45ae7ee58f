import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { type LoginError, type LoginHint, loginPage, type Messages, toText } from '../../../views/index.ts';
import { allowOwnScripts, type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { longestLogin } from '../accounts/login.ts';
import { longestPassword } from '../accounts/passwords/password-policy.ts';
import type { PasswordSignIn, SignInVerdict } from '../accounts/sign-in/password-sign-in.ts';
import type { Actor } from '../audit/index.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { signedIn } from '../provider/signed-in.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { Current } from './current-interaction.ts';
import { tryFactor } from './factor-refusal.ts';
import { failures, sendFailure } from './failures.ts';
import { isAnother } from './finish-sign-in.ts';
import { type Forms, field } from './forms.ts';
import type { MustChange } from './must-change.ts';
import { needsAnybody } from './other-tab.ts';
import type { PageContext } from './page-context.ts';
import { requestId } from './request-id.ts';
import type { SecondFactor } from './second-factor.ts';

export interface SignInDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Pick<Accounts, 'byLogin'>;
  readonly passwords: PasswordSignIn;
  readonly mustChange: MustChange;
  readonly forms: Forms;
  readonly loginHint: LoginHint | undefined;
  /** Whether people are kept signed in unless they say otherwise. */
  readonly rememberByDefault: boolean;
  readonly factors: Pick<OpenFactors, 'check' | 'relyingParty'>;
  /** What follows the first factor. */
  readonly secondFactor: SecondFactor;
  clientAddress(req: ClientAddressRequest): string;
}

export interface SignIn {
  show(req: Request, res: Response, current: Current): Promise<void>;
  submit(req: Request, res: Response, current: Current): Promise<void>;
  /** The answer of a passkey, which says by itself whose it is. */
  submitPasskey(req: Request, res: Response, current: Current): Promise<void>;
}

interface Refusal {
  readonly field: LoginError['field'];
  /** One of the texts, or what is said already in the page's language. */
  readonly text?: keyof Messages;
  readonly message?: string;
  readonly status: number;
  readonly retryAfter?: number;
}

const wrong: Refusal = { field: 'username', text: 'wrongCredentials', status: 400 };

const expired: Refusal = { field: 'username', text: 'formExpired', status: 403 };

/** In another tab: its sign-in has made a new session, which this form is not of. */
const signedInMeanwhile: Refusal = { field: 'username', text: 'signedInMeanwhile', status: 403 };

function tooMany(wait: number): Refusal {
  const retryAfter = Math.ceil(wait / 1000);
  return { field: 'username', text: 'tooManyAttempts', status: 429, retryAfter };
}

function wantsToStay(req: Request): boolean {
  return field(req, 'remember') === 'yes';
}

/** The first factor: a password, or a passkey. Unknown account and wrong password are one and the same, in words, status and time. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { context, passwords, forms } = deps;
  const { check, relyingParty } = deps.factors;
  /** Interactions with a password on its way through the queue: each has one place there. */
  const checking = new Set<string>();

  async function render(
    req: Request,
    res: Response,
    { client, path, place }: Current,
    login: string,
    refusal?: Refusal,
  ) {
    const page = context.page(req, place);
    const { t } = page.locale;
    if (refusal?.retryAfter !== undefined) res.setHeader('Retry-After', String(refusal.retryAfter));
    const text = refusal?.text === undefined ? refusal?.message : t[refusal.text];
    const message = text?.replace('{seconds}', String(refusal?.retryAfter ?? 0));
    const csrf = forms.token(req);
    const passkey = relyingParty.usable && {
      kind: 'get' as const,
      options: await relyingParty.requestOptions(req.sessionID, undefined),
      action: `${path}/passkey`,
    };
    allowOwnScripts(res);
    const view = loginPage(page, {
      app: client.clientName ?? client.clientId,
      appLogo: client.logoUri,
      action: `${path}/login`,
      abortAction: `${path}/abort`,
      csrf,
      username: login,
      // A form that comes back shows what was chosen on it.
      remember: req.method === 'POST' ? wantsToStay(req) : deps.rememberByDefault,
      ...(refusal === undefined || message === undefined ? {} : { error: { message, field: refusal.field } }),
      ...(passkey === false ? {} : { passkey }),
      ...(deps.loginHint === undefined ? {} : { hint: deps.loginHint }),
    });
    sendHtml(res, refusal?.status ?? 200, toText(view));
  }

  /** Nobody yet. */
  function actor(req: Request, { client, interaction }: Current): Actor {
    return {
      name: undefined,
      client: client.clientId,
      address: deps.clientAddress(req),
      requestId: requestId(req),
      interaction: hashOf(interaction.cid),
    };
  }

  /** What the credentials open, or why nothing. */
  async function verify(
    req: Request,
    login: string,
    password: string,
    current: Current,
  ): Promise<Extract<SignInVerdict, { type: 'signedIn' }> | Refusal | 'busy'> {
    if (login.trim() === '') return { field: 'username', text: 'missingUsername', status: 400 };
    if (password === '') return { field: 'password', text: 'missingPassword', status: 400 };
    if (Buffer.byteLength(password) > longestPassword)
      return { field: 'password', text: 'passwordTooLong', status: 400 };
    const verdict = await passwords.verify(login, password, actor(req, current));
    if (verdict.type === 'signedIn') return verdict;
    if (verdict.type === 'throttled') return tooMany(verdict.wait);
    return verdict.type === 'busy' ? 'busy' : wrong;
  }

  /** A form of another session. Whoever has signed in in another tab since goes on; for anybody else it is asked again. */
  async function submitStale(req: Request, res: Response, current: Current, typed: string): Promise<void> {
    const session = await signedIn(deps.provider, req, res);
    const account = session && (await deps.accounts.byLogin(typed));
    if (account !== undefined && account.id === session?.accountId && needsAnybody(current.interaction))
      return seeOther(res, current.path);
    await render(req, res, current, typed, session === undefined ? expired : signedInMeanwhile);
  }

  return {
    async show(req, res, current) {
      const hint = current.interaction.params['login_hint'];
      await render(req, res, current, typeof hint === 'string' ? hint.slice(0, longestLogin) : '');
    },
    async submit(req, res, current) {
      const typed = field(req, 'username') ?? '';
      if (!forms.isOwn(req)) return submitStale(req, res, current, typed.slice(0, longestLogin));
      const { uid } = current.interaction;
      if (checking.has(uid)) return render(req, res, current, typed.slice(0, longestLogin), tooMany(1000));
      checking.add(uid);
      const password = field(req, 'password') ?? '';
      const result = await verify(req, typed, password, current).finally(() => checking.delete(uid));
      if (result === 'busy') {
        res.setHeader('Retry-After', '5');
        return sendFailure(context, req, res, failures.busy);
      }
      if ('field' in result) return render(req, res, current, typed.slice(0, longestLogin), result);
      const { accountId, mustChangePassword } = result;
      const mayGoOn =
        !mustChangePassword ||
        isAnother(current, accountId) ||
        (await deps.mustChange.pass(req, res, current, accountId));
      const person = { accountId, amr: ['pwd'], remember: wantsToStay(req) };
      if (mayGoOn) await deps.secondFactor.proceed(req, res, current, person);
    },
    async submitPasskey(req, res, current) {
      if (!forms.isOwn(req)) return submitStale(req, res, current, '');
      const page = context.page(req, current.place);
      const answer = field(req, 'credential') ?? '';
      const outcome = await tryFactor(page, res, () =>
        check.alone(answer, req.sessionID, actor(req, current)),
      );
      if ('refusal' in outcome) {
        const { status, message } = outcome.refusal;
        return render(req, res, current, '', { field: 'username', message, status });
      }
      const person = { ...outcome.done, remember: wantsToStay(req) };
      await deps.secondFactor.proceed(req, res, current, person);
    },
  };
}
