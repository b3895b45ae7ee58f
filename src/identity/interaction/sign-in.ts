import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { type LoginError, type LoginHint, loginPage, type Messages, toText } from '../../../views/index.ts';
import { type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import { longestLogin } from '../accounts/login.ts';
import { longestPassword } from '../accounts/passwords/password-policy.ts';
import type { PasswordSignIn, SignInVerdict } from '../accounts/sign-in/password-sign-in.ts';
import type { Actor } from '../audit/index.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { SessionEnd } from '../sessions/session-end.ts';
import { failures, sendFailure } from './failures.ts';
import { type Forms, field } from './forms.ts';
import type { Current } from './interactions.ts';
import type { MustChange } from './must-change.ts';
import type { PageContext } from './page-context.ts';
import { requestId } from './request-id.ts';

export interface SignInDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly passwords: PasswordSignIn;
  readonly mustChange: MustChange;
  readonly forms: Forms;
  readonly loginHint: LoginHint | undefined;
  /** Whether people are kept signed in unless they say otherwise. */
  readonly rememberByDefault: boolean;
  readonly ending: SessionEnd;
  clientAddress(req: ClientAddressRequest): string;
}

export interface SignIn {
  show(req: Request, res: Response, current: Current): void;
  submit(req: Request, res: Response, current: Current): Promise<void>;
}

interface Refusal {
  readonly field: LoginError['field'];
  readonly text: keyof Messages;
  readonly status: number;
  readonly retryAfter?: number;
}

const wrong: Refusal = { field: 'username', text: 'wrongCredentials', status: 400 };

/** Also when this browser has signed in in another tab since: ask again rather than end the sign-in. */
const expired: Refusal = { field: 'username', text: 'formExpired', status: 403 };

function tooMany(wait: number): Refusal {
  const retryAfter = Math.ceil(wait / 1000);
  return { field: 'username', text: 'tooManyAttempts', status: 429, retryAfter };
}

/** Whether the application asked for somebody else, by `id_token_hint`. */
function isAnother({ interaction }: Current, accountId: string): boolean {
  const hinted = interaction.prompt.details['hinted_account'];
  return hinted !== undefined && hinted !== accountId;
}

const anotherSignedIn = {
  error: 'login_required',
  error_description: 'id_token_hint is of another account than the one that signed in',
};

function wantsToStay(req: Request): boolean {
  return field(req, 'remember') === 'yes';
}

/** Ends the browser's session of another account: the provider would ask for that with a page that a script submits. */
async function makeRoom(
  ending: SessionEnd,
  interaction: Interaction,
  accountId: string,
  by: Actor,
): Promise<void> {
  const { session } = interaction;
  if (session === undefined || session.accountId === accountId) return;
  await ending.endBrowser(hashOf(session.uid), session.accountId, { cause: 'replaced', by });
  delete interaction.session;
  delete interaction.grantId;
  await interaction.persist();
}

/** The password sign-in. Unknown account and wrong password are one and the same, in words, status and time. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { provider, context, passwords, forms } = deps;
  /** Interactions with a password on its way through the queue: each has one place there. */
  const checking = new Set<string>();

  function render(
    req: Request,
    res: Response,
    { interaction, client, path }: Current,
    login: string,
    refusal?: Refusal,
  ) {
    const page = context.page(req, interaction.params['ui_locales']);
    const { t } = page.locale;
    if (refusal?.retryAfter !== undefined) res.setHeader('Retry-After', String(refusal.retryAfter));
    const message = refusal && t[refusal.text].replace('{seconds}', String(refusal.retryAfter ?? 0));
    const view = loginPage(page, {
      app: client.clientName ?? client.clientId,
      appLogo: client.logoUri,
      action: `${path}/login`,
      abortAction: `${path}/abort`,
      csrf: forms.token(req),
      username: login,
      // A form that comes back shows what was chosen on it.
      remember: req.method === 'POST' ? wantsToStay(req) : deps.rememberByDefault,
      ...(refusal === undefined || message === undefined ? {} : { error: { message, field: refusal.field } }),
      ...(deps.loginHint === undefined ? {} : { hint: deps.loginHint }),
    });
    sendHtml(res, refusal?.status ?? 200, toText(view));
  }

  /** What the credentials open, or why nothing. */
  async function verify(
    req: Request,
    login: string,
    password: string,
    { client, interaction }: Current,
  ): Promise<Extract<SignInVerdict, { type: 'signedIn' }> | Refusal | 'busy'> {
    if (login.trim() === '') return { field: 'username', text: 'missingUsername', status: 400 };
    if (password === '') return { field: 'password', text: 'missingPassword', status: 400 };
    if (Buffer.byteLength(password) > longestPassword)
      return { field: 'password', text: 'passwordTooLong', status: 400 };
    const verdict = await passwords.verify(login, password, {
      name: undefined,
      client: client.clientId,
      address: deps.clientAddress(req),
      requestId: requestId(req),
      interaction: hashOf(interaction.cid),
    });
    if (verdict.type === 'signedIn') return verdict;
    if (verdict.type === 'throttled') return tooMany(verdict.wait);
    return verdict.type === 'busy' ? 'busy' : wrong;
  }

  return {
    show(req, res, current) {
      const hint = current.interaction.params['login_hint'];
      render(req, res, current, typeof hint === 'string' ? hint.slice(0, longestLogin) : '');
    },
    async submit(req, res, current) {
      const typed = field(req, 'username') ?? '';
      if (!forms.isOwn(req)) return render(req, res, current, typed.slice(0, longestLogin), expired);
      const { uid } = current.interaction;
      if (checking.has(uid)) return render(req, res, current, typed.slice(0, longestLogin), tooMany(1000));
      checking.add(uid);
      const password = field(req, 'password') ?? '';
      const result = await verify(req, typed, password, current).finally(() => checking.delete(uid));
      if (result === 'busy') {
        res.setHeader('Retry-After', '5');
        return sendFailure(context, req, res, failures.busy);
      }
      if ('text' in result) return render(req, res, current, typed.slice(0, longestLogin), result);
      const { accountId, mustChangePassword } = result;
      if (isAnother(current, accountId)) {
        await provider.interactionResult(req, res, anotherSignedIn, { mergeWithLastSubmission: false });
        return seeOther(res, `${current.path}/continue`);
      }
      if (mustChangePassword && !(await deps.mustChange.pass(req, res, current, accountId))) return;
      // A new session id at each sign-in: one planted before it is worth nothing after it.
      await promisify(req.session.regenerate.bind(req.session))();
      await makeRoom(deps.ending, current.interaction, accountId, {
        name: accountId,
        address: deps.clientAddress(req),
        requestId: requestId(req),
      });
      const login = { accountId, amr: ['pwd'], remember: wantsToStay(req) };
      const submission = { login, select_account: {} };
      await provider.interactionResult(req, res, submission, { mergeWithLastSubmission: false });
      seeOther(res, `${current.path}/continue`);
    },
  };
}
