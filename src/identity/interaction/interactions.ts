import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import { errors, type Interaction } from 'oidc-provider';
import { consentPage, continuePage, refusedPage, signOnPage, toText } from '../../../views/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { audited, type IdentityAudit } from '../audit/index.ts';
import type { Refusal } from '../claims/client-claims.ts';
import { localConnector } from '../claims/subjects.ts';
import { toldRefusal } from '../claims/told-refusal.ts';
import { isVouchedFor, refusalPrompt, signOnReason } from '../provider/policy.ts';
import { secondFactorPrompt } from '../provider/second-factor-prompt.ts';
import { signedIn } from '../provider/signed-in.ts';
import { hashOf } from '../provider/stored-model.ts';
import { type Current, currentInteraction } from './current-interaction.ts';
import type { Forms } from './forms.ts';
import { needsAnybody } from './other-tab.ts';
import type { PageContext } from './page-context.ts';
import { hasNotice, problemOf, takeNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';
import type { SecondFactor } from './second-factor.ts';
import type { SignIn } from './sign-in.ts';
import type { SourcePicker } from './source-picker.ts';
import type { Sources } from './sources.ts';

export interface InteractionsDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly forms: Forms;
  readonly signIn: SignIn;
  readonly sources: Pick<Sources, 'find' | 'of'>;
  readonly picker: SourcePicker;
  readonly secondFactor: SecondFactor;
  readonly audit: IdentityAudit;
  clientAddress(req: Request): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** `app.example`, `127.0.0.1:8000`, or an app's own scheme. */
function redirectHost(uri: unknown): string {
  const url = URL.parse(String(uri));
  return url === null ? '' : url.host === '' ? url.protocol : url.host;
}

/** Records the person's yes: in a new grant when tokens will outlive the session, else in the session's own. */
async function grantConsent(provider: Provider, { interaction, client }: Current): Promise<string> {
  const missing = interaction.prompt.details['missingOIDCScope'];
  const scopes = Array.isArray(missing) ? missing.map(String) : [];
  const earlier =
    interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
  const grant =
    earlier === undefined || scopes.includes('offline_access')
      ? new provider.Grant({ accountId: interaction.session?.accountId, clientId: client.clientId })
      : earlier;
  grant.addOIDCScope([...(earlier?.getOIDCScope() ?? '').split(' ').filter(Boolean), ...scopes].join(' '));
  return grant.save();
}

function asksToSignIn({ prompt }: Interaction): boolean {
  return prompt.name === 'login' || prompt.name === 'select_account';
}

/** Whether nothing is asked but that the person goes on. */
function isSignOn({ prompt }: Interaction): boolean {
  return prompt.name === 'consent' && prompt.reasons.every((reason) => reason === signOnReason);
}

/** A form of a sign-in that is over leads to the page that says so: to load that again sends nothing. */
function leadBack({ base }: PageContext): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const [, uid] = /^\/([\w-]+)\//.exec(req.path) ?? [];
    if (error instanceof errors.SessionNotFound && req.method === 'POST' && uid !== undefined)
      seeOther(res, `${base}/interaction/${uid}`);
    else next(error);
  };
}

/** The steps between an authorization request and its answer: sign in, consent, and on to the application. */
export function createInteractions(deps: InteractionsDeps): Router {
  const { provider, context, accounts, forms, signIn, sources, picker } = deps;
  const router = Router({ mergeParams: true });
  const submitted = forms.submittedFrom(({ params }) => `${context.base}/interaction/${params['uid']}`);

  async function showRefusal(req: Request, res: Response, now: Current) {
    const { interaction, client, path } = now;
    const page = context.page(req, now.place);
    const account = await accounts.byId(interaction.session?.accountId ?? '');
    const view = {
      app: client.clientName ?? client.clientId,
      appLogo: client.logoUri,
      accountName: account?.name ?? '',
      ...toldRefusal(interaction.prompt.details['refusal'] as Refusal | undefined),
      abortAction: `${path}/abort`,
      logoutUrl: `${context.base}/logout`,
      csrf: forms.token(req),
      error: problemOf(page, takeNotice(req, path)),
    };
    sendHtml(res, 403, toText(refusedPage(page, view)));
  }

  function consented(req: Request, now: Current): Promise<string> {
    const subject = now.interaction.session?.accountId;
    const by = {
      name: subject,
      client: now.client.clientId,
      address: deps.clientAddress(req),
      requestId: requestId(req),
      interaction: hashOf(now.interaction.cid),
    };
    return audited(deps, { action: 'consent', by, subject }, () => grantConsent(provider, now));
  }

  /** A page between: from a form straight to another origin some browsers do not go. */
  function showContinue(req: Request, res: Response, { interaction, client, place }: Current) {
    const page = context.page(req, { ...place, at: undefined });
    const view = { app: client.clientName ?? client.clientId, url: interaction.returnTo };
    sendHtml(res, 200, toText(continuePage(page, view)));
  }

  router.get('/:uid', async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    const { interaction, client, path } = now;
    const isWaitedFor = needsAnybody(interaction) && !hasNotice(req, path);
    if (isWaitedFor && (await signedIn(provider, req, res)) !== undefined) return showContinue(req, res, now);
    if (asksToSignIn(interaction)) return picker.show(req, res, now);
    if (interaction.prompt.name === secondFactorPrompt) return seeOther(res, `${path}/factor`);
    if (interaction.prompt.name === refusalPrompt) return showRefusal(req, res, now);
    const page = context.page(req, now.place);
    const account = await accounts.byId(interaction.session?.accountId ?? '');
    const view = {
      app: client.clientName ?? client.clientId,
      appLogo: client.logoUri,
      redirectHost: redirectHost(interaction.params['redirect_uri']),
      unknown: !isVouchedFor(client),
      accountName: account?.name ?? '',
      action: `${path}/consent`,
      abortAction: `${path}/abort`,
      csrf: forms.token(req),
      error: problemOf(page, takeNotice(req, path)),
    };
    const scopes = String(interaction.params['scope'] ?? '').split(' ');
    sendHtml(
      res,
      200,
      toText(isSignOn(interaction) ? signOnPage(page, view) : consentPage(page, { ...view, scopes })),
    );
  });

  /** Whether it is asked for a sign-in, and the accounts of this server are a way to it. */
  const takesOwn = (req: Request, now: Current) =>
    asksToSignIn(now.interaction) && sources.find(req, now, localConnector) !== undefined;

  router.get('/:uid/local', async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (takesOwn(req, now) && sources.of(req, now).length > 1) await signIn.show(req, res, now);
    else seeOther(res, now.path);
  });

  router.get('/:uid/connector/:id', async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (asksToSignIn(now.interaction)) await picker.leave(req, res, now, req.params.id);
    else seeOther(res, now.path);
  });

  router.post('/:uid/login', ...forms.received, async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (takesOwn(req, now)) await signIn.submit(req, res, now);
    else seeOther(res, now.path);
  });

  router.get('/:uid/new-password', async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (takesOwn(req, now)) signIn.showNewPassword(req, res, now);
    else seeOther(res, now.path);
  });

  router.post('/:uid/passkey', ...forms.received, async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (takesOwn(req, now)) await signIn.submitPasskey(req, res, now);
    else seeOther(res, now.path);
  });

  router.use('/:uid/factor', deps.secondFactor.router);

  router.post('/:uid/consent', ...submitted, async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (now.interaction.prompt.name !== 'consent') return seeOther(res, now.path);
    const consent = isSignOn(now.interaction) ? {} : { grantId: await consented(req, now) };
    await provider.interactionResult(req, res, { consent }, { mergeWithLastSubmission: true });
    seeOther(res, `${now.path}/continue`);
  });

  router.post('/:uid/abort', ...submitted, async (req, res) => {
    const { interaction, path } = await currentInteraction(deps, req, res);
    const refused = interaction.prompt.name === refusalPrompt;
    const error_description = refused ? 'the account may not sign in to this client' : 'the person declined';
    const result = { error: 'access_denied', error_description };
    await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false });
    seeOther(res, `${path}/continue`);
  });

  router.get('/:uid/continue', async (req, res) => {
    const now = await currentInteraction(deps, req, res);
    if (now.interaction.result === undefined) return seeOther(res, now.path);
    showContinue(req, res, now);
  });

  router.use(leadBack(context));
  return router;
}
