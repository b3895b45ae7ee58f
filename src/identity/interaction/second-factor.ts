import { type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import { type FactorView, factorPage, toText } from '../../../views/index.ts';
import { allowOwnScripts, type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import type { Account, Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../audit/index.ts';
import { enrolledKinds, type FactorRecord } from '../factors/factor-record.ts';
import { type FactorKind, joinAmr } from '../factors/methods.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { codesLeft } from '../factors/recovery-codes.ts';
import { type FactorStep, nextStep } from '../factors/requirement.ts';
import { demandOf, secondFactorPrompt } from '../provider/second-factor-prompt.ts';
import { signedIn } from '../provider/signed-in.ts';
import { hashOf } from '../provider/stored-model.ts';
import { type Current, currentInteraction } from './current-interaction.ts';
import type { EnrolmentError, EnrolmentForms } from './enrolment-forms.ts';
import { type FactorRefusal, tryFactor } from './factor-refusal.ts';
import { type FinishSignIn, isAnother, type KnownPerson, renewPageSession } from './finish-sign-in.ts';
import { type Forms, field } from './forms.ts';
import type { PageContext } from './page-context.ts';
import { requestId } from './request-id.ts';

declare module 'express-session' {
  interface SessionData {
    /** Somebody whose first factor was right, and who is signed in to nothing yet. */
    pendingSignIn: KnownPerson & {
      /** Of the interaction's id. */
      readonly interaction: string;
      /** When the first factor was right; milliseconds since the epoch. */
      readonly at: number;
    };
    /** Wrong factors that this browser has shown in one sign-in. */
    wrongFactors: { readonly interaction: string; readonly count: number };
  }
}

export interface SecondFactorDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly forms: Forms;
  readonly factors: OpenFactors;
  readonly enrolmentForms: EnrolmentForms;
  readonly finish: FinishSignIn;
  /** When an account's password was last replaced; what was pending before is over. */
  passwordChangedAt(accountId: string): Promise<number | undefined>;
  clientAddress(req: ClientAddressRequest): string;
  now(): number;
}

/** What comes between the first factor and the end of a sign-in. */
export interface SecondFactor {
  /** Ends the sign-in, or leads to what it still needs. */
  proceed(req: Request, res: Response, current: Current, person: KnownPerson): Promise<void>;
  /** Mounted below an interaction's address. */
  readonly router: Router;
}

/** A sign-in with everything that decides on its next step. */
interface State {
  readonly current: Current;
  readonly person: KnownPerson;
  readonly account: Account;
  readonly record: FactorRecord;
  readonly step: FactorStep | undefined;
}

/** Between two factors of one sign-in. */
const patience = 15 * 60_000;

/** Wrong factors in one sign-in. Who has so many begins anew, with the first one. */
const mostWrong = 10;

export function createSecondFactor(deps: SecondFactorDeps): SecondFactor {
  const { context, accounts, forms, factors, finish, now } = deps;
  const router = Router({ mergeParams: true });

  async function judge(current: Current, person: KnownPerson): Promise<State | undefined> {
    const account = await accounts.byId(person.accountId);
    if (account === undefined) return undefined;
    const record = await factors.records.read(account.id);
    const { requirement, asked } = demandOf(factors.policy, account.groups, current.interaction.params);
    const options = { asked, usable: factors.usable };
    const step = nextStep(requirement, person.amr, enrolledKinds(record), options);
    return { current, person, account, record, step };
  }

  async function pendingPerson(req: Request, uid: string): Promise<KnownPerson | undefined> {
    const { pendingSignIn: pending } = req.session;
    if (pending === undefined || pending.interaction !== hashOf(uid)) return undefined;
    const changedAt = await deps.passwordChangedAt(pending.accountId);
    const isOver = now() - pending.at > patience || (changedAt !== undefined && changedAt > pending.at);
    return isOver ? undefined : pending;
  }

  /** Somebody whose session is good for other applications, and not for this one. */
  async function sessionPerson(req: Request, res: Response, { interaction }: Current) {
    if (interaction.prompt.name !== secondFactorPrompt) return undefined;
    const session = await signedIn(deps.provider, req, res);
    if (session === undefined || session.accountId !== interaction.session?.accountId) return undefined;
    const { accountId, amr, since, remembered } = session;
    return { accountId, amr, since, remember: remembered };
  }

  /** @returns undefined when there is nobody yet: then the answer leads to the first factor */
  async function look(req: Request, res: Response): Promise<State | undefined> {
    const current = await currentInteraction(deps, req, res);
    const person =
      (await pendingPerson(req, current.interaction.uid)) ?? (await sessionPerson(req, res, current));
    const state = person && (await judge(current, person));
    if (state !== undefined) return state;
    if (current.interaction.prompt.name === secondFactorPrompt)
      await abandon(req, res, current, 'the session has ended');
    else seeOther(res, current.path);
    return undefined;
  }

  /** Back to the application with a no. */
  async function abandon(req: Request, res: Response, { path }: Current, why: string): Promise<void> {
    const result = { error: 'login_required', error_description: why };
    await deps.provider.interactionResult(req, res, result, { mergeWithLastSubmission: false });
    seeOther(res, `${path}/continue`);
  }

  function remember(req: Request, current: Current, person: KnownPerson): void {
    const at = req.session.pendingSignIn?.at ?? now();
    req.session.pendingSignIn = { ...person, interaction: hashOf(current.interaction.uid), at };
  }

  function actor(req: Request, { current, person }: State): Actor {
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
    { current, account, record }: State,
    kinds: readonly FactorKind[],
    error?: FactorRefusal & { readonly field: NonNullable<FactorView['error']>['field'] },
  ): Promise<void> {
    const { interaction, client, path } = current;
    const csrf = forms.token(req);
    const passkeys = record.passkeys.filter(({ flaggedAt }) => flaggedAt === undefined);
    const asksPasskey = kinds.includes('WebAuthn');
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
      error,
    };
    const page = context.page(req, interaction.params['ui_locales']);
    sendHtml(res, error?.status ?? 200, toText(factorPage(page, view)));
  }

  function showEnrol(
    req: Request,
    res: Response,
    { current, account }: State,
    kinds: readonly FactorKind[],
    error?: EnrolmentError,
  ) {
    const { client, path, interaction } = current;
    const place = {
      app: client.clientName ?? client.clientId,
      action: `${path}/factor/enrol`,
      abortAction: `${path}/abort`,
      uiLocales: interaction.params['ui_locales'],
    };
    return deps.enrolmentForms.show(req, res, account, kinds, place, error);
  }

  /** Counts a wrong one. @returns whether there have been too many: then the answer ends the sign-in */
  async function isOver(req: Request, res: Response, { current }: State): Promise<boolean> {
    const interaction = hashOf(current.interaction.uid);
    const before = req.session.wrongFactors;
    const count = (before?.interaction === interaction ? before.count : 0) + 1;
    req.session.wrongFactors = { interaction, count };
    if (count < mostWrong) return false;
    delete req.session.pendingSignIn;
    delete req.session.wrongFactors;
    await abandon(req, res, current, 'too many wrong second factors');
    return true;
  }

  /** With what has been shown now; on to the next step. */
  async function passed(req: Request, res: Response, { current, person }: State, amr: readonly string[]) {
    const known = { ...person, amr: joinAmr(person.amr, amr) };
    const next = await judge(current, known);
    if (next?.step === undefined) return finish(req, res, current, known);
    remember(req, current, known);
    seeOther(res, `${current.path}/factor`);
  }

  router.get('/', async (req, res) => {
    const state = await look(req, res);
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
    work: (req: Request, res: Response, state: State, kinds: readonly FactorKind[]) => Promise<void>,
  ) {
    return async (req: Request, res: Response) => {
      const state = await look(req, res);
      if (state === undefined) return;
      if (state.step?.type !== type) return seeOther(res, `${state.current.path}/factor`);
      await work(req, res, state, state.step.kinds);
    };
  }

  router.post(
    '/code',
    ...forms.submitted,
    submitted('verify', async (req, res, state, kinds) => {
      const page = context.page(req, state.current.interaction.params['ui_locales']);
      const recovery = field(req, 'recovery');
      const typed = recovery ?? field(req, 'code') ?? '';
      const outcome = await tryFactor(page, res, () =>
        factors.check.code(state.person.accountId, typed, actor(req, state)),
      );
      if ('done' in outcome) return passed(req, res, state, outcome.done);
      if (await isOver(req, res, state)) return;
      const about = recovery === undefined ? 'code' : 'recovery';
      await showVerify(req, res, state, kinds, { ...outcome.refusal, field: about });
    }),
  );

  router.post(
    '/passkey',
    ...forms.submitted,
    submitted('verify', async (req, res, state, kinds) => {
      const page = context.page(req, state.current.interaction.params['ui_locales']);
      const answer = field(req, 'credential') ?? '';
      const outcome = await tryFactor(page, res, () =>
        factors.check.passkey(state.person.accountId, answer, req.sessionID, actor(req, state)),
      );
      if ('done' in outcome) return passed(req, res, state, outcome.done);
      if (await isOver(req, res, state)) return;
      await showVerify(req, res, state, kinds, { ...outcome.refusal, field: 'passkey' });
    }),
  );

  function enrolling(kind: FactorKind) {
    return submitted('enrol', async (req, res, state, kinds) => {
      const { current, person } = state;
      if (!kinds.includes(kind)) return seeOther(res, `${current.path}/factor`);
      const page = context.page(req, current.interaction.params['ui_locales']);
      const outcome = await tryFactor(page, res, () =>
        deps.enrolmentForms.enrol(req, kind, person.accountId, actor(req, state)),
      );
      if ('refusal' in outcome) {
        const about = kind === 'TOTP' ? 'code' : 'passkey';
        return showEnrol(req, res, state, kinds, { ...outcome.refusal, field: about });
      }
      const { amr, recoveryCodes } = outcome.done;
      if (recoveryCodes === undefined) return passed(req, res, state, amr);
      remember(req, current, { ...person, amr: joinAmr(person.amr, amr) });
      deps.enrolmentForms.showCodes(req, res, recoveryCodes, `${current.path}/factor`);
    });
  }
  router.post('/enrol/totp', ...forms.submitted, enrolling('TOTP'));
  router.post('/enrol/passkey', ...forms.submitted, enrolling('WebAuthn'));

  return {
    router,
    async proceed(req, res, current, person) {
      const state = isAnother(current, person.accountId) ? undefined : await judge(current, person);
      if (state?.step === undefined) return finish(req, res, current, person);
      await renewPageSession(req);
      remember(req, current, person);
      seeOther(res, `${current.path}/factor`);
    },
  };
}
