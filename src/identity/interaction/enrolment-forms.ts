import type { Request, Response } from 'express';
import { type EnrolView, enrolPage, recoveryCodesPage, toText } from '../../../views/index.ts';
import { allowOwnScripts, seeOther, sendHtml } from '../../http/index.ts';
import type { Sealer } from '../../store/index.ts';
import type { Account } from '../accounts/accounts.ts';
import type { Actor } from '../audit/index.ts';
import type { EnrolledFactor } from '../factors/enrolment.ts';
import { FactorError } from '../factors/factor-error.ts';
import { amrOfPasskey, amrOfTotp, type FactorKind } from '../factors/methods.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { newTotpSecret, offerTotp } from '../factors/totp.ts';
import { type Forms, field } from './forms.ts';
import type { KeptForBrowser } from './kept-for-browser.ts';
import type { PageContext, PagePlace } from './page-context.ts';
import { noticeStatus, type PageNotice, problemOf } from './page-notice.ts';

declare module 'express-session' {
  interface SessionData {
    /** A secret that has been shown to this browser for an authenticator app, and is nobody's until it is confirmed. */
    totpOffer: { readonly accountId: string; readonly sealed: string };
  }
}

export interface EnrolmentFormsDeps {
  readonly context: PageContext;
  readonly forms: Forms;
  readonly kept: KeptForBrowser;
  readonly factors: OpenFactors;
  readonly sealer: Sealer;
}

/** Where the forms go, and back to where else. */
export interface EnrolmentPlace extends Pick<EnrolView, 'app' | 'abortAction' | 'backUrl'> {
  /** What the forms' addresses begin with. */
  readonly action: string;
  readonly at: PagePlace;
}

/** Where recovery codes are shown. */
export interface CodesPlace extends Pick<PagePlace, 'uiLocales'> {
  readonly path: string;
  /** Where to when they are kept. */
  readonly continueUrl: string;
}

/** The forms for a new factor, on the way to an application and on the account's own pages. */
export interface EnrolmentForms {
  show(
    req: Request,
    res: Response,
    account: Account,
    kinds: readonly FactorKind[],
    place: EnrolmentPlace,
    notice: PageNotice | undefined,
  ): Promise<void>;
  /** A refusal of `enrol`, of the form that it is about. */
  refusal(kind: FactorKind, refusal: PageNotice): PageNotice;
  /** Takes a submitted form. @throws FactorError */
  enrol(
    req: Request,
    kind: FactorKind,
    accountId: string,
    by: Actor,
  ): Promise<EnrolledFactor & { readonly amr: readonly string[] }>;
  /** Answers a form by leading to the page at this path, which shows these new recovery codes. */
  answerCodes(req: Request, res: Response, path: string, codes: readonly string[]): Promise<void>;
  /** That page: it shows them once, then that they were shown. Whom no form has led there is led on. */
  showCodes(req: Request, res: Response, shown: CodesPlace): Promise<void>;
}

const place = 'identity/totp-offer';

export function createEnrolmentForms({
  context,
  forms,
  kept,
  factors,
  sealer,
}: EnrolmentFormsDeps): EnrolmentForms {
  const { relyingParty, enrolment, records } = factors;

  /** The secret of before, so that a page that is loaded again shows the one that the app may have already. */
  function offeredSecret(req: Request, accountId: string): string | undefined {
    const { totpOffer } = req.session;
    return totpOffer?.accountId === accountId ? sealer.open(place, totpOffer.sealed).text : undefined;
  }

  function offer(req: Request, { id, email }: Account) {
    const secret = offeredSecret(req, id) ?? newTotpSecret();
    req.session.totpOffer = { accountId: id, sealed: sealer.seal(place, secret) };
    return offerTotp(secret, factors.totpIssuer(), email);
  }

  async function lostOffer(accountId: string): Promise<'exists' | 'wrong'> {
    return (await records.read(accountId)).totp === undefined ? 'wrong' : 'exists';
  }

  return {
    async show(req, res, account, kinds, { action, at, ...back }, notice) {
      const page = context.page(req, at);
      const record = await records.read(account.id);
      const { id: accountId, name, preferredUsername, email } = account;
      const owner = { accountId, passkeys: record.passkeys, login: preferredUsername ?? email, name };
      // The token first: it is what the browser's session is kept for, which the challenge is bound to.
      const csrf = forms.token(req);
      const passkey = kinds.includes('WebAuthn') && relyingParty.usable;
      const totp = kinds.includes('TOTP') && record.totp === undefined;
      const view: EnrolView = {
        ...back,
        csrf,
        totp: totp ? { ...offer(req, account), action: `${action}/totp` } : undefined,
        passkey: passkey
          ? {
              kind: 'create',
              options: await relyingParty.creationOptions(req.sessionID, owner),
              action: `${action}/passkey`,
            }
          : undefined,
        // Where the app's form is there no more, the word is about no field.
        error: problemOf(page, notice, {}, totp),
      };
      if (passkey) allowOwnScripts(res);
      sendHtml(res, noticeStatus(res, notice), toText(enrolPage(page, view)));
    },
    refusal: (kind, refusal) => (kind === 'TOTP' ? { ...refusal, field: 'code' } : refusal),
    async enrol(req, kind, accountId, by) {
      if (kind === 'TOTP') {
        const secret = offeredSecret(req, accountId);
        // In another tab it may have been confirmed already.
        if (secret === undefined) throw new FactorError(await lostOffer(accountId));
        const enrolled = await enrolment.totp(accountId, secret, field(req, 'code') ?? '', by);
        delete req.session.totpOffer;
        return { ...enrolled, amr: amrOfTotp };
      }
      const name = field(req, 'name') ?? '';
      const answer = field(req, 'credential') ?? '';
      const enrolled = await enrolment.passkey(accountId, { answer, binding: req.sessionID, name }, by);
      return { ...enrolled, amr: amrOfPasskey(enrolled.synced) };
    },
    async answerCodes(req, res, path, codes) {
      await kept.keep(req, path, codes.join('\n'));
      seeOther(res, path);
    },
    async showCodes(req, res, { path, continueUrl, ...said }) {
      const once = await kept.take(req, path);
      if (once === undefined) return seeOther(res, continueUrl);
      const codes = once === 'shown' ? undefined : once.content.split('\n');
      // To choose another language would be to load it again.
      const page = context.page(req, { ...said, at: undefined });
      sendHtml(res, 200, toText(recoveryCodesPage(page, { codes, continueUrl })));
    },
  };
}
