import { type Request, type Response, Router } from 'express';
import { seeOther } from '../../http/index.ts';
import type { FactorKind } from '../factors/methods.ts';
import { tryFactor } from '../interaction/factor-refusal.ts';
import { field } from '../interaction/forms.ts';
import { addToSession } from '../provider/signed-in.ts';
import { backWith, type Done } from './account-notice.ts';
import type { AccountPageDeps } from './account-page.ts';
import type { Visit, Visits } from './account-visit.ts';

/** The person's second factors: added, named, removed; new recovery codes. All of it only soon after a sign-in. */
export function createAccountFactors(deps: AccountPageDeps, visits: Visits, home: string): Router {
  const { context, forms, factors, enrolmentForms } = deps;
  const { service, policy, usable } = factors;
  const router = Router({ caseSensitive: true });
  const addUrl = `${home}/factors/add`;
  const place = { action: addUrl, backUrl: home, at: { at: addUrl } };

  /** A change of what there is; back to the page, which says how it went. */
  function changing(done: Done, work: (visit: Visit, req: Request) => Promise<unknown>) {
    return async (req: Request, res: Response) => {
      const visit = await visits.lookFresh(req, res);
      if (visit === undefined) return;
      const page = context.page(req);
      const outcome = await tryFactor(page, res, () => work(visit, req));
      if ('refusal' in outcome)
        return backWith(req, res, home, { text: outcome.refusal.message, isProblem: true });
      backWith(req, res, home, { text: page.locale.t[done], isProblem: false });
    };
  }

  function adding(kind: FactorKind) {
    return async (req: Request, res: Response) => {
      const visit = await visits.lookFresh(req, res, '/account/factors/add');
      if (visit === undefined) return;
      const { account, by } = visit;
      const outcome = await tryFactor(context.page(req), res, () =>
        enrolmentForms.enrol(req, kind, account.id, by),
      );
      if ('refusal' in outcome) {
        const about = kind === 'TOTP' ? 'code' : 'passkey';
        return enrolmentForms.show(req, res, account, usable, place, { ...outcome.refusal, field: about });
      }
      const { amr, recoveryCodes } = outcome.done;
      await addToSession(deps.provider, req, res, amr);
      if (recoveryCodes !== undefined) return enrolmentForms.showCodes(req, res, recoveryCodes, home);
      seeOther(res, home);
    };
  }

  router.get('/factors/add', async (req, res) => {
    const visit = await visits.lookFresh(req, res, '/account/factors/add');
    if (visit !== undefined) await enrolmentForms.show(req, res, visit.account, usable, place);
  });
  router.post('/factors/add/totp', ...forms.submitted, adding('TOTP'));
  router.post('/factors/add/passkey', ...forms.submitted, adding('WebAuthn'));
  router.post(
    '/factors/rename',
    ...forms.submitted,
    changing('accountSaved', ({ account, by }, req) =>
      service.rename(account.id, field(req, 'id') ?? '', field(req, 'name') ?? '', by),
    ),
  );
  router.post(
    '/factors/remove',
    ...forms.submitted,
    changing('accountRemoved', ({ account, by }, req) =>
      service.remove(account.id, field(req, 'id') ?? '', policy.requiredAnywhere(account.groups), by),
    ),
  );
  router.post('/recovery-codes', ...forms.submitted, async (req, res) => {
    const visit = await visits.lookFresh(req, res);
    if (visit === undefined) return;
    const { account, by } = visit;
    const page = context.page(req);
    const outcome = await tryFactor(page, res, () => service.renewRecoveryCodes(account.id, by));
    if ('done' in outcome) return enrolmentForms.showCodes(req, res, outcome.done, home);
    backWith(req, res, home, { text: outcome.refusal.message, isProblem: true });
  });
  return router;
}
