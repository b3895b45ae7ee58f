import { type Request, type Response, Router } from 'express';
import type { Messages } from '../../../views/index.ts';
import { seeOther } from '../../http/index.ts';
import type { FactorKind } from '../factors/methods.ts';
import { tryFactor } from '../interaction/factor-refusal.ts';
import { field } from '../interaction/forms.ts';
import { backWith, takeNotice } from '../interaction/page-notice.ts';
import { addToSession } from '../provider/signed-in.ts';
import type { AccountPageDeps } from './account-page.ts';
import type { Visit, Visits } from './account-visit.ts';

/** The person's second factors: added, named, removed; new recovery codes. All of it only soon after a sign-in. */
export function createAccountFactors(deps: AccountPageDeps, visits: Visits, home: string): Router {
  const { forms, factors, enrolmentForms } = deps;
  const { service, policy, usable } = factors;
  const changed = forms.submittedFrom(home);
  const router = Router({ caseSensitive: true });
  const addUrl = `${home}/factors/add`;
  const added = forms.submittedFrom(addUrl);
  const codesUrl = `${home}/recovery-codes`;
  const place = { action: addUrl, backUrl: home, at: { at: addUrl } };

  /** A change of what there is; back to the page, which says how it went. */
  function changing(done: keyof Messages, work: (visit: Visit, req: Request) => Promise<unknown>) {
    return async (req: Request, res: Response) => {
      const visit = await visits.lookFresh(req, res);
      if (visit === undefined) return;
      const outcome = await tryFactor(() => work(visit, req));
      backWith(req, res, home, 'refusal' in outcome ? outcome.refusal : { text: done, isProblem: false });
    };
  }

  function adding(kind: FactorKind) {
    return async (req: Request, res: Response) => {
      const visit = await visits.lookFresh(req, res, '/account/factors/add');
      if (visit === undefined) return;
      const { account, by } = visit;
      const outcome = await tryFactor(() => enrolmentForms.enrol(req, kind, account.id, by));
      if ('refusal' in outcome)
        return backWith(req, res, addUrl, enrolmentForms.refusal(kind, outcome.refusal));
      const { amr, recoveryCodes } = outcome.done;
      await addToSession(deps.provider, req, res, amr);
      if (recoveryCodes === undefined) seeOther(res, home);
      else await enrolmentForms.answerCodes(req, res, codesUrl, recoveryCodes);
    };
  }

  router.get('/factors/add', async (req, res) => {
    const visit = await visits.lookFresh(req, res, '/account/factors/add');
    if (visit === undefined) return;
    await enrolmentForms.show(req, res, visit.account, usable, place, takeNotice(req, addUrl));
  });
  router.post('/factors/add/totp', ...added, adding('TOTP'));
  router.post('/factors/add/passkey', ...added, adding('WebAuthn'));
  router.post(
    '/factors/rename',
    ...changed,
    changing('accountSaved', ({ account, by }, req) =>
      service.rename(account.id, field(req, 'id') ?? '', field(req, 'name') ?? '', by),
    ),
  );
  router.post(
    '/factors/remove',
    ...changed,
    changing('accountRemoved', ({ account, by }, req) =>
      service.remove(account.id, field(req, 'id') ?? '', policy.requiredAnywhere(account), by),
    ),
  );
  router.post('/recovery-codes', ...changed, async (req, res) => {
    const visit = await visits.lookFresh(req, res);
    if (visit === undefined) return;
    const { account, by } = visit;
    const outcome = await tryFactor(() => service.renewRecoveryCodes(account.id, by));
    if ('done' in outcome) return enrolmentForms.answerCodes(req, res, codesUrl, outcome.done);
    backWith(req, res, home, outcome.refusal);
  });
  router.get('/recovery-codes', async (req, res) => {
    const visit = await visits.look(req, res);
    if (visit === undefined) return;
    await enrolmentForms.showCodes(req, res, { path: codesUrl, continueUrl: home });
  });
  return router;
}
