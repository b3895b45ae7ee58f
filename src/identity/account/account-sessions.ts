import { Router } from 'express';
import { field } from '../interaction/forms.ts';
import { backWith } from '../interaction/page-notice.ts';
import type { AccountPageDeps } from './account-page.ts';
import type { Visit, Visits } from './account-visit.ts';

/** Where the person is signed in: ended one by one, or all but the one that asks. */
export function createAccountSessions(deps: AccountPageDeps, visits: Visits, home: string): Router {
  const { forms, sessions } = deps;
  const submitted = forms.submittedFrom(home);
  const router = Router({ caseSensitive: true });

  /** Ends those of the person's that are meant: an id alone proves nothing about whose it is. */
  async function end({ account, sessionId, by }: Visit, isMeant: (id: string) => boolean): Promise<void> {
    for (const { id } of await sessions.list(account.id)) {
      if (id === sessionId || !isMeant(id)) continue;
      await sessions.end(id, { cause: 'request', by });
    }
  }

  router.post('/sessions/end', ...submitted, async (req, res) => {
    const visit = await visits.look(req, res);
    if (visit === undefined) return;
    const id = field(req, 'id');
    await end(visit, (one) => one === id);
    backWith(req, res, home, { text: 'accountEnded', isProblem: false });
  });
  router.post('/sessions/end-others', ...submitted, async (req, res) => {
    const visit = await visits.look(req, res);
    if (visit === undefined) return;
    await end(visit, () => true);
    backWith(req, res, home, { text: 'accountEnded', isProblem: false });
  });
  return router;
}
