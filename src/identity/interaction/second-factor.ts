import { type Request, type Response, Router } from 'express';
import { type FactorView, factorPage, toText } from '../../../views/index.ts';
import { allowOwnScripts, type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import type { Actor } from '../audit/index.ts';
import { type FactorKind, joinAmr } from '../factors/methods.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { codesLeft } from '../factors/recovery-codes.ts';
import type { FactorStep } from '../factors/requirement.ts';
import { hashOf } from '../provider/stored-model.ts';
import { type Current, currentInteraction } from './current-interaction.ts';
import type { EnrolmentForms } from './enrolment-forms.ts';
import { tryFactor } from './factor-refusal.ts';
import { type FinishSignIn, isAnother, type KnownPerson, renewPageSession } from './finish-sign-in.ts';
import { type Forms, field } from './forms.ts';
import { createHalfways, type Halfway, type HalfwaysDeps } from './halfway.ts';
import type { PagePlace } from './page-context.ts';
import { backWith, noticeStatus, type PageNotice, problemOf, takeNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';

export interface SecondFactorDeps extends HalfwaysDeps {
  readonly forms: Forms;
  readonly factors: OpenFactors;
  readonly enrolmentForms: EnrolmentForms;
  readonly finish: FinishSignIn;
  clientAddress(req: ClientAddressRequest): string;
}

/** What comes between the first factor and the end of a sign-in. */
export interface SecondFactor {
  /** Ends the sign-in, or leads to what it still needs. */
  proceed(req: Request, res: Response, current: Current, person: KnownPerson): Promise<void>;
  /** Mounted below an interaction's address. */
  readonly router: Router;
}

/** This step has an address of its own. */
function placeOf({ place, path }: Current): Required<PagePlace> {
  return { ...place, at: `${path}/factor` };
}

function codesPath({ path }: Current): string {
  return `${path}/factor/recovery-codes`;
}

export function createSecondFactor(deps: SecondFactorDeps): SecondFactor {
  const { context, forms, factors, finish } = deps;
  const halfways = createHalfways(deps);
  const router = Router({ mergeParams: true });
  const submittedForm = forms.submittedFrom(
    ({ params }) => `${context.base}/interaction/${params['uid']}/factor`,
  );

  function actor(req: Request, { current, person }: Halfway): Actor {
    return {
      name: person.accountId,
      client: current.client.clientId,
      address: deps.clientAddress(req),
      requestId: requestId(req),
      interaction: hashOf(current.interaction.cid),
    };
  }

  async function showVerify(
    req: Request,
    res: Response,
    { current, account, record }: Halfway,
    kinds: readonly FactorKind[],
  ): Promise<void> {
    const { client, path } = current;
    const page = context.page(req, placeOf(current));
    const notice = takeNotice(req, `${path}/factor`);
    const csrf = forms.token(req);
    const passkeys = record.passkeys.filter(({ flaggedAt }) => flaggedAt === undefined);
    const asksPasskey = kinds.includes('WebAuthn') && passkeys.length > 0;
    if (asksPasskey) allowOwnScripts(res);
    const view: FactorView = {
      app: client.clientName ?? client.clientId,
      accountName: account.name,
      codeAction: `${path}/factor/code`,
      abortAction: `${path}/abort`,
      csrf,
      totp: kinds.includes('TOTP'),
      passkey: asksPasskey
        ? {
            kind: 'get',
            options: await factors.relyingParty.requestOptions(req.sessionID, passkeys),
            action: `${path}/factor/passkey`,
          }
        : undefined,
      recovery: codesLeft(record.recovery) > 0,
      error: problemOf(page, notice),
    };
    sendHtml(res, noticeStatus(res, notice), toText(factorPage(page, view)));
  }

  function showEnrol(
    req: Request,
    res: Response,
    { current, account }: Halfway,
    kinds: readonly FactorKind[],
  ) {
    const { client, path } = current;
    const place = {
      app: client.clientName ?? client.clientId,
      action: `${path}/factor/enrol`,
      abortAction: `${path}/abort`,
      at: placeOf(current),
    };
    const notice = takeNotice(req, `${path}/factor`);
    return deps.enrolmentForms.show(req, res, account, kinds, place, notice);
  }

  /** Back to the step, which says why. */
  function refuse(req: Request, res: Response, { current }: Halfway, notice: PageNotice): void {
    backWith(req, res, `${current.path}/factor`, notice);
  }

  /** With what has been shown now; on to the next step. */
  async function passed(req: Request, res: Response, { current, person }: Halfway, amr: readonly string[]) {
    const known = { ...person, amr: joinAmr(person.amr, amr) };
    const next = await halfways.judge(current, known);
    if (next?.step === undefined) return finish(req, res, current, known);
    halfways.remember(req, current, known);
    seeOther(res, `${current.path}/factor`);
  }

  router.get('/', async (req, res) => {
    const state = await halfways.look(req, res);
    if (state === undefined) return;
    const { step, current, person } = state;
    if (step === undefined) return finish(req, res, current, person);
    return step.type === 'verify'
      ? showVerify(req, res, state, step.kinds)
      : showEnrol(req, res, state, step.kinds);
  });

  /** Runs a submitted form of one kind of step; at another the person is led to the one that is due. */
  function submitted(
    type: FactorStep['type'],
    work: (req: Request, res: Response, state: Halfway, kinds: readonly FactorKind[]) => Promise<void>,
  ) {
    return async (req: Request, res: Response) => {
      const state = await halfways.look(req, res);
      if (state === undefined) return;
      if (state.step?.type !== type) return seeOther(res, `${state.current.path}/factor`);
      await work(req, res, state, state.step.kinds);
    };
  }

  router.post(
    '/code',
    ...submittedForm,
    submitted('verify', async (req, res, state) => {
      const recovery = field(req, 'recovery');
      const typed = recovery ?? field(req, 'code') ?? '';
      const { accountId } = state.person;
      const outcome = await tryFactor(() => factors.check.code(accountId, typed, actor(req, state)));
      if ('done' in outcome) return passed(req, res, state, outcome.done);
      if (await halfways.countWrong(req, res, state.current)) return;
      refuse(req, res, state, { ...outcome.refusal, field: recovery === undefined ? 'code' : 'recovery' });
    }),
  );

  router.post(
    '/passkey',
    ...submittedForm,
    submitted('verify', async (req, res, state) => {
      const answer = field(req, 'credential') ?? '';
      const outcome = await tryFactor(() =>
        factors.check.passkey(state.person.accountId, answer, req.sessionID, actor(req, state)),
      );
      if ('done' in outcome) return passed(req, res, state, outcome.done);
      if (await halfways.countWrong(req, res, state.current)) return;
      refuse(req, res, state, outcome.refusal);
    }),
  );

  function enrolling(kind: FactorKind) {
    return submitted('enrol', async (req, res, state, kinds) => {
      const { current, person } = state;
      if (!kinds.includes(kind)) return seeOther(res, `${current.path}/factor`);
      const outcome = await tryFactor(() =>
        deps.enrolmentForms.enrol(req, kind, person.accountId, actor(req, state)),
      );
      if ('refusal' in outcome)
        return refuse(req, res, state, deps.enrolmentForms.refusal(kind, outcome.refusal));
      const { amr, recoveryCodes } = outcome.done;
      if (recoveryCodes === undefined) return passed(req, res, state, amr);
      halfways.remember(req, current, { ...person, amr: joinAmr(person.amr, amr) });
      await deps.enrolmentForms.answerCodes(req, res, codesPath(current), recoveryCodes);
    });
  }
  router.get('/recovery-codes', async (req, res) => {
    const current = await currentInteraction(deps, req, res);
    await deps.enrolmentForms.showCodes(req, res, {
      path: codesPath(current),
      continueUrl: `${current.path}/factor`,
      uiLocales: current.place.uiLocales,
    });
  });
  router.post('/enrol/totp', ...submittedForm, enrolling('TOTP'));
  router.post('/enrol/passkey', ...submittedForm, enrolling('WebAuthn'));

  return {
    router,
    async proceed(req, res, current, person) {
      const state = isAnother(current, person.accountId) ? undefined : await halfways.judge(current, person);
      if (state?.step === undefined) return finish(req, res, current, person);
      await renewPageSession(req);
      halfways.remember(req, current, person);
      seeOther(res, `${current.path}/factor`);
    },
  };
}
