import { Router } from 'express';
import { field } from '../interaction/forms.ts';
import { backWith } from '../interaction/page-notice.ts';
import type { AccountPageDeps } from './account-page.ts';
import type { Visits } from './account-visit.ts';

/** What applications may use the account: taken back, one application at a time. */
export function createAccountApplications(deps: AccountPageDeps, visits: Visits, home: string): Router {
  const { forms, applications } = deps;
  const submitted = forms.submittedFrom(home);
  const router = Router({ caseSensitive: true });

  router.post('/applications/revoke', ...submitted, async (req, res) => {
    const visit = await visits.look(req, res);
    if (visit === undefined) return;
    await applications.end(visit.account.id, field(req, 'client') ?? '', { cause: 'request', by: visit.by });
    backWith(req, res, home, { text: 'accountRevoked', isProblem: false });
  });
  return router;
}
