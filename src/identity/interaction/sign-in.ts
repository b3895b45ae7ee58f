import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { type LoginHint, loginPage, toText } from '../../../views/index.ts';
import { allowOwnScripts, type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { longestLogin } from '../accounts/login.ts';
import { longestPassword } from '../accounts/passwords/password-policy.ts';
import type { PasswordSignIn, SignInVerdict } from '../accounts/sign-in/password-sign-in.ts';
import type { Actor } from '../audit/index.ts';
import { localConnector } from '../claims/subjects.ts';
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
import { backWith, noticeStatus, type PageNotice, problemOf, takeNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sources } from './sources.ts';

export interface SignInDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Pick<Accounts, 'byLogin'>;
  readonly passwords: PasswordSignIn;
  readonly mustChange: MustChange;
  readonly forms: Forms;
  readonly sources: Pick<Sources, 'formPath' | 'remember'>;
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
  /** The form for a new password, where a right one has to be replaced first. */
  showNewPassword(req: Request, res: Response, current: Current): void;
  /** The answer of a passkey, which says by itself whose it is. */
  submitPasskey(req: Request, res: Response, current: Current): Promise<void>;
}

const refusal = (field: 'username' | 'password', text: NonNullable<PageNotice['text']>): PageNotice => ({
  isProblem: true,
  field,
  text,
});

/** About the password, which has to be typed again: the name is still there. */
const wrong = refusal('password', 'wrongCredentials');

const expired = refusal('password', 'formExpired');

/** In another tab: its sign-in has made a new session, which this form is not of. */
const signedInMeanwhile = refusal('password', 'signedInMeanwhile');

function tooMany(wait: number): PageNotice {
  return { ...refusal('password', 'tooManyAttempts'), retryAfter: Math.ceil(wait / 1000) };
}

type Checked = Extract<SignInVerdict, { type: 'signedIn' }> | PageNotice | 'busy';

interface Checking {
  readonly login: string;
  readonly password: string;
  readonly result: Promise<Checked>;
}

function wantsToStay(req: Request): boolean {
  return field(req, 'remember') === 'yes';
}

/** The first factor: a password, or a passkey. Unknown account and wrong password are one and the same, in words, status and time. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { context, passwords, forms } = deps;
  const { check, relyingParty } = deps.factors;
  /** Interactions with a password on its way through the queue: each has one place there. */
  const checking = new Map<string, Checking>();

  /** Back to the form, which says why, and has what was typed but for the password. */
  function refuse(req: Request, res: Response, current: Current, notice: PageNotice): void {
    const typed = { username: (field(req, 'username') ?? '').slice(0, longestLogin) };
    backWith(req, res, deps.mustChange.sentFrom(req, current) ?? deps.sources.formPath(req, current), {
      ...notice,
      typed: wantsToStay(req) ? { ...typed, remember: 'yes' } : typed,
    });
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
  async function verify(req: Request, login: string, password: string, current: Current): Promise<Checked> {
    if (login.trim() === '') return refusal('username', 'missingUsername');
    if (password === '') return refusal('password', 'missingPassword');
    if (Buffer.byteLength(password) > longestPassword) return refusal('password', 'passwordTooLong');
    const verdict = await passwords.verify(login, password, actor(req, current));
    if (verdict.type === 'signedIn') return verdict;
    if (verdict.type === 'throttled') return tooMany(verdict.wait);
    return verdict.type === 'busy' ? 'busy' : wrong;
  }

  /** A form that is sent twice, as by a double click, is one: the browser waits for the second answer only. */
  async function checked(req: Request, current: Current): Promise<Checked> {
    const { uid } = current.interaction;
    const [login, password] = [field(req, 'username') ?? '', field(req, 'password') ?? ''];
    const before = checking.get(uid);
    if (before !== undefined)
      return before.login === login && before.password === password ? before.result : tooMany(1000);
    const result = verify(req, login, password, current).finally(() => checking.delete(uid));
    checking.set(uid, { login, password, result });
    return result;
  }

  /** A form of another session. Whoever has signed in in another tab since goes on; for anybody else it is asked again. */
  async function submitStale(req: Request, res: Response, current: Current): Promise<void> {
    const session = await signedIn(deps.provider, req, res);
    const typed = (field(req, 'username') ?? '').slice(0, longestLogin);
    const account = session && (await deps.accounts.byLogin(typed));
    if (account !== undefined && account.id === session?.accountId && needsAnybody(current.interaction))
      return seeOther(res, current.path);
    refuse(req, res, current, session === undefined ? expired : signedInMeanwhile);
  }

  return {
    async show(req, res, current) {
      const { interaction, client, path, place } = current;
      const form = deps.sources.formPath(req, current);
      const page = context.page(req, { ...place, at: form });
      const notice = takeNotice(req, form);
      const hint = interaction.params['login_hint'];
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
        username:
          notice?.typed?.['username'] ?? (typeof hint === 'string' ? hint.slice(0, longestLogin) : ''),
        remember: notice === undefined ? deps.rememberByDefault : notice.typed?.['remember'] === 'yes',
        error: problemOf(page, notice),
        ...(passkey === false ? {} : { passkey }),
        otherUrl: form === path ? undefined : path,
        ...(deps.loginHint === undefined ? {} : { hint: deps.loginHint }),
      });
      sendHtml(res, noticeStatus(res, notice), toText(view));
    },
    async submit(req, res, current) {
      if (!forms.isOwn(req)) return submitStale(req, res, current);
      const result = await checked(req, current);
      if (result === 'busy') {
        res.setHeader('Retry-After', '5');
        return sendFailure(context, req, res, failures.busy);
      }
      if ('isProblem' in result) return refuse(req, res, current, result);
      const { accountId, mustChangePassword } = result;
      const mayGoOn =
        !mustChangePassword ||
        isAnother(current, accountId) ||
        (await deps.mustChange.pass(req, res, current, accountId));
      const person = { accountId, amr: ['pwd'], remember: wantsToStay(req) };
      deps.sources.remember(res, localConnector);
      if (mayGoOn) await deps.secondFactor.proceed(req, res, current, person);
    },
    showNewPassword: deps.mustChange.show,
    async submitPasskey(req, res, current) {
      if (!forms.isOwn(req)) return submitStale(req, res, current);
      const answer = field(req, 'credential') ?? '';
      const outcome = await tryFactor(() => check.alone(answer, req.sessionID, actor(req, current)));
      if ('refusal' in outcome) return refuse(req, res, current, outcome.refusal);
      const person = { ...outcome.done, remember: wantsToStay(req) };
      deps.sources.remember(res, localConnector);
      await deps.secondFactor.proceed(req, res, current, person);
    },
  };
}
