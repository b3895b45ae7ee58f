import { type CookieOptions, type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import { deviceCodePage, deviceConfirmPage, deviceDonePage, toText } from '../../../views/index.ts';
import {
  type ClientAddressRequest,
  type CookiePolicy,
  readCookie,
  seeOther,
  sendHtml,
} from '../../http/index.ts';
import type { Account, Accounts } from '../accounts/accounts.ts';
import type { IdentityAudit } from '../audit/index.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { FactorPolicy } from '../factors/requirement.ts';
import { type Forms, field } from '../interaction/forms.ts';
import { inLocalesOf, ownPageSignIn } from '../interaction/own-pages.ts';
import type { PageContext } from '../interaction/page-context.ts';
import { backWith, problemOf, takeNotice } from '../interaction/page-notice.ts';
import { requestId } from '../interaction/request-id.ts';
import { factorsForParam, lacksFactor } from '../provider/second-factor-prompt.ts';
import { type SignedIn, signedIn } from '../provider/signed-in.ts';
import type { DeviceCodes, WaitingDevice } from './device-codes.ts';
import { notAdmitted } from './not-admitted.ts';
import { readUserCode, writeUserCode } from './user-code.ts';

declare module 'express-session' {
  interface SessionData {
    /** Wrong codes that this browser has tried. */
    wrongUserCodes: number;
    /** How the person has decided, to be said once. */
    deviceDecision: 'approved' | 'denied';
  }
}

export interface DevicePageDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly policies: ClientPolicies;
  readonly codes: DeviceCodes;
  readonly factors: FactorPolicy;
  readonly forms: Forms;
  readonly cookies: CookiePolicy;
  readonly audit: IdentityAudit;
  clientAddress(req: ClientAddressRequest): string;
  now(): number;
}

/** What may be wrong with a code. */
type Problem = 'deviceWrongCode' | 'deviceTooManyCodes' | 'deviceTooLate';

/** Wrong codes of one browser session. Who has mistyped so many begins anew at the device. */
const wrongCodesPerSession = 10;

/**
 * The page where a person lets a device in (RFC 8628 §3.3): sign in, enter the code, look at who asks, decide. A code
 * that came with the address is only filled in. Between the steps the code stays in a cookie: it is nowhere in the
 * store, and in no address but the one that the device itself has shown.
 */
export function createDevicePage(deps: DevicePageDeps): Router {
  const { context, codes, forms, cookies } = deps;
  const home = `${context.base}/device`;
  const cookie = cookies.pathName('sallyport_device');
  const cookieOptions: CookieOptions = { ...cookies.options, path: home };
  const submitted = forms.submittedFrom(home);
  const router = Router({ caseSensitive: true });

  function keptCode(req: Request): string {
    return readUserCode(readCookie(req.headers.cookie, cookie) ?? '') ?? '';
  }

  function keep(res: Response, code: string): void {
    res.cookie(cookie, code, cookieOptions);
  }

  function startAgain(req: Request, res: Response, problem?: Problem): void {
    if (problem === undefined) seeOther(res, home);
    else backWith(req, res, home, { text: problem, isProblem: true, field: 'user_code' });
  }

  /** The device that a code belongs to; else the answer has been given. */
  async function find(req: Request, res: Response, typed: string): Promise<WaitingDevice | undefined> {
    const tries = req.session.wrongUserCodes ?? 0;
    const found =
      tries >= wrongCodesPerSession ? 'tooMany' : await codes.lookUp(typed, deps.clientAddress(req));
    if (typeof found !== 'string') return found;
    if (found === 'wrong') req.session.wrongUserCodes = tries + 1;
    startAgain(req, res, found === 'wrong' ? 'deviceWrongCode' : 'deviceTooManyCodes');
    return undefined;
  }

  async function person(
    req: Request,
    res: Response,
  ): Promise<(SignedIn & { readonly account: Account }) | undefined> {
    const session = await signedIn(deps.provider, req, res);
    const account = await deps.accounts.byId(session?.accountId ?? '');
    if (session === undefined || account === undefined) return undefined;
    return { ...session, account };
  }

  router.get('/', async (req, res) => {
    const given = readUserCode(String(req.query['user_code'] ?? ''));
    if (given !== undefined) keep(res, given);
    const who = await person(req, res);
    if (who === undefined) return seeOther(res, ownPageSignIn(context.issuer, inLocalesOf(req, '/device')));
    const page = context.page(req);
    const error = problemOf(page, takeNotice(req, home));
    const code = error === undefined ? (given ?? keptCode(req)) : '';
    sendHtml(
      res,
      200,
      toText(
        deviceCodePage(page, {
          action: home,
          csrf: forms.token(req),
          userCode: code === '' ? '' : writeUserCode(code),
          accountName: who.account.name,
          error,
        }),
      ),
    );
  });

  router.post('/', ...submitted, async (req, res) => {
    if ((await person(req, res)) === undefined) return startAgain(req, res);
    const device = await find(req, res, field(req, 'user_code') ?? '');
    if (device === undefined) return;
    keep(res, device.userCode);
    seeOther(res, `${home}/confirm`);
  });

  // Where Dex's own form goes. A code from there is filled in, as one from an address.
  router.post('/auth/verify_code', ...forms.received, (req, res) => {
    keep(res, readUserCode(field(req, 'user_code') ?? '') ?? '');
    seeOther(res, home);
  });

  router.get('/confirm', async (req, res) => {
    const who = await person(req, res);
    const code = keptCode(req);
    if (who === undefined || code === '') return startAgain(req, res);
    const device = await find(req, res, code);
    if (device === undefined) return;
    const { client } = device;
    sendHtml(
      res,
      200,
      toText(
        deviceConfirmPage(context.page(req), {
          action: `${home}/confirm`,
          csrf: forms.token(req),
          userCode: writeUserCode(device.userCode),
          app: client.clientName ?? client.clientId,
          address: device.address,
          userAgent: device.userAgent,
          age: Math.max(0, Math.floor(deps.now() / 1000) - device.askedAt),
          scopes: client['first_party'] === true ? [] : device.scopes,
          accountName: who.account.name,
          refused: notAdmitted(deps.policies, who.account, device),
        }),
      ),
    );
  });

  router.post('/confirm', ...submitted, async (req, res) => {
    const who = await person(req, res);
    if (who === undefined) return startAgain(req, res);
    const device = await find(req, res, field(req, 'user_code') ?? '');
    if (device === undefined) return;
    const approved = field(req, 'decision') === 'approve';
    // The page has said why already, in place of the button.
    if (approved && notAdmitted(deps.policies, who.account, device)) return seeOther(res, `${home}/confirm`);
    const wanted = { client_id: device.client.clientId, scope: device.scopes.join(' ') };
    if (approved && lacksFactor(deps, who.account, who.amr, wanted)) {
      const more = { [factorsForParam]: device.client.clientId };
      return seeOther(res, ownPageSignIn(context.issuer, '/device/confirm', more));
    }
    const inTime = approved ? await codes.approve(device, who) : await codes.deny(device);
    res.clearCookie(cookie, cookieOptions);
    if (!inTime) return startAgain(req, res, 'deviceTooLate');
    const { accountId } = who;
    await deps.audit.record({
      action: approved ? 'device.approve' : 'device.deny',
      actor: accountId,
      subject: accountId,
      client: device.client.clientId,
      address: deps.clientAddress(req),
      result: 'success',
      reason: undefined,
      // What was let in, beside the host that it was let in from.
      detail: device.address,
      requestId: requestId(req),
      at: deps.now(),
    });
    req.session.deviceDecision = approved ? 'approved' : 'denied';
    seeOther(res, `${home}/done`);
  });

  router.get('/done', (req, res) => {
    const decision = req.session.deviceDecision;
    delete req.session.deviceDecision;
    if (decision === undefined) return startAgain(req, res);
    sendHtml(res, 200, toText(deviceDonePage(context.page(req), decision)));
  });

  return router;
}
