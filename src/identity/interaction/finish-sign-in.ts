import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { seeOther } from '../../http/index.ts';
import type { Actor } from '../audit/index.ts';
import { type SignedIn, signedIn } from '../provider/signed-in.ts';
import type { SessionEnd } from '../sessions/session-end.ts';
import type { Current } from './current-interaction.ts';
import { requestId } from './request-id.ts';
import type { SameBrowser } from './same-browser.ts';

/** Whom a sign-in has proved to be there, so far. */
export interface KnownPerson {
  readonly accountId: string;
  /** How (RFC 8176). */
  readonly amr: readonly string[];
  /** Whether the person asked to be kept signed in. */
  readonly remember: boolean;
  /** Seconds since the epoch, of a sign-in that this one only adds to. */
  readonly since?: number | undefined;
}

export type FinishSignIn = (
  req: Request,
  res: Response,
  current: Current,
  person: KnownPerson,
) => Promise<void>;

/** Whether the application asked for somebody else, by `id_token_hint`. */
export function isAnother({ interaction }: Current, accountId: string): boolean {
  const hinted = interaction.prompt.details['hinted_account'];
  return hinted !== undefined && hinted !== accountId;
}

const anotherSignedIn = {
  error: 'login_required',
  error_description: 'id_token_hint is of another account than the one that signed in',
};

/** Ends the browser's session of another account: the provider would ask for that with a page that a script submits. */
async function makeRoom(
  ending: SessionEnd,
  present: SignedIn | undefined,
  interaction: Interaction,
  accountId: string,
  by: Actor,
): Promise<void> {
  // Perhaps of somebody who has signed in in another tab since.
  if (present !== undefined && present.accountId !== accountId)
    await ending.endBrowser(present.sessionId, present.accountId, { cause: 'replaced', by });
  if (interaction.session === undefined || interaction.session.accountId === accountId) return;
  delete interaction.session;
  delete interaction.grantId;
  await interaction.persist();
}

/** A new session id: one planted before is worth nothing after. Forms that other tabs have shown are not taken, and told why. */
export async function renewPageSession(req: Request): Promise<void> {
  const { form } = req.session;
  await promisify(req.session.regenerate.bind(req.session))();
  if (form === true) req.session.form = true;
}

export interface FinishSignInDeps {
  readonly provider: Provider;
  readonly ending: SessionEnd;
  readonly sameBrowser: SameBrowser;
  clientAddress(req: Request): string;
}

/** The end of every sign-in, whatever it was made with: on to the application. */
export function createFinishSignIn({
  provider,
  ending,
  sameBrowser,
  clientAddress,
}: FinishSignInDeps): FinishSignIn {
  return async (req, res, current, { accountId, amr, remember, since }) => {
    if (isAnother(current, accountId)) {
      await provider.interactionResult(req, res, anotherSignedIn, { mergeWithLastSubmission: false });
      return seeOther(res, `${current.path}/continue`);
    }
    await renewPageSession(req);
    const by = { name: accountId, address: clientAddress(req), requestId: requestId(req) };
    await makeRoom(ending, await signedIn(provider, req, res), current.interaction, accountId, by);
    const browser = sameBrowser.mark(res, current.interaction);
    const login = {
      accountId,
      amr: [...amr],
      remember,
      browser,
      ...(since === undefined ? {} : { ts: since }),
    };
    const submission = { login, select_account: {} };
    await provider.interactionResult(req, res, submission, { mergeWithLastSubmission: false });
    seeOther(res, `${current.path}/continue`);
  };
}
