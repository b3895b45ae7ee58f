import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { seeOther } from '../../http/index.ts';
import type { Account, Accounts } from '../accounts/accounts.ts';
import { enrolledKinds, type FactorRecord } from '../factors/factor-record.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { type FactorStep, nextStep } from '../factors/requirement.ts';
import { demandOf, secondFactorPrompt } from '../provider/second-factor-prompt.ts';
import { signedIn } from '../provider/signed-in.ts';
import { hashOf } from '../provider/stored-model.ts';
import { type Current, currentInteraction } from './current-interaction.ts';
import type { KnownPerson } from './finish-sign-in.ts';
import type { PageContext } from './page-context.ts';

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

/** A sign-in between its first factor and its end, with everything that decides on its next step. */
export interface Halfway {
  readonly current: Current;
  readonly person: KnownPerson;
  readonly account: Account;
  readonly record: FactorRecord;
  /** undefined: nothing is missing. */
  readonly step: FactorStep | undefined;
}

export interface HalfwaysDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly factors: Pick<OpenFactors, 'policy' | 'records' | 'usable'>;
  /** When an account's password was last replaced; what was pending before is over. */
  passwordChangedAt(accountId: string): Promise<number | undefined>;
  now(): number;
}

/** Sign-ins between their first factor and their end. Until then nobody is signed in to anything. */
export interface Halfways {
  /** undefined when the account is gone. */
  judge(current: Current, person: KnownPerson): Promise<Halfway | undefined>;
  /** The one that a request belongs to. @returns undefined when there is none: then the answer leads to the first factor */
  look(req: Request, res: Response): Promise<Halfway | undefined>;
  /** Keeps what has been proved so far, in the browser's session. */
  remember(req: Request, current: Current, person: KnownPerson): void;
  /** Counts a wrong factor. @returns whether there have been too many: then the answer ends the sign-in */
  countWrong(req: Request, res: Response, current: Current): Promise<boolean>;
}

/** Between two factors of one sign-in. */
const patience = 15 * 60_000;

/** Wrong factors in one sign-in. Who has so many begins anew, with the first one. */
const mostWrong = 10;

export function createHalfways(deps: HalfwaysDeps): Halfways {
  const { accounts, factors, now } = deps;

  async function judge(current: Current, person: KnownPerson): Promise<Halfway | undefined> {
    const account = await accounts.byId(person.accountId);
    if (account === undefined) return undefined;
    const record = await factors.records.read(account.id);
    const { requirement, asked } = demandOf(factors.policy, account, current.interaction.params);
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

  async function look(req: Request, res: Response): Promise<Halfway | undefined> {
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

  async function countWrong(req: Request, res: Response, current: Current): Promise<boolean> {
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

  return { judge, look, remember, countWrong };
}
