import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { type ClientAddressRequest, seeOther } from '../../http/index.ts';
import type { Account, Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../audit/index.ts';
import { enrolledKinds, type FactorRecord } from '../factors/factor-record.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { inLocalesOf, ownPageSignIn, ownPagesClientId } from '../interaction/own-pages.ts';
import type { PageContext } from '../interaction/page-context.ts';
import { requestId } from '../interaction/request-id.ts';
import { lacksFactor } from '../provider/second-factor-prompt.ts';
import { signedIn } from '../provider/signed-in.ts';

/** Somebody at their own pages, known well enough to be there. */
export interface Visit {
  readonly account: Account;
  readonly record: FactorRecord;
  /** Of the browser that looks. */
  readonly sessionId: string;
  readonly by: Actor;
}

export interface VisitDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly factors: OpenFactors;
  clientAddress(req: ClientAddressRequest): string;
  now(): number;
}

export interface Visits {
  /**
   * Who is there. Whoever has a second factor must have shown it: a password is not enough to see the page.
   * @returns undefined when the answer leads to a sign-in, and back to `to`
   */
  look(req: Request, res: Response, to?: string): Promise<Visit | undefined>;
  /** The same of somebody who has signed in within the last ten minutes: for whatever changes how they sign in. */
  lookFresh(req: Request, res: Response, to?: string): Promise<Visit | undefined>;
}

/** Seconds. */
const freshFor = 600;

export function createVisits(deps: VisitDeps): Visits {
  const { provider, context, accounts, factors, now } = deps;

  async function look(req: Request, res: Response, to: string, fresh: boolean): Promise<Visit | undefined> {
    const session = await signedIn(provider, req, res);
    const account = await accounts.byId(session?.accountId ?? '');
    const record = account && (await factors.records.read(account.id));
    const hasFactor = record !== undefined && enrolledKinds(record).size > 0;
    const back = inLocalesOf(req, to);
    const ask = {
      ...(fresh ? { max_age: String(freshFor) } : {}),
      ...(hasFactor ? { acr_values: 'mfa' } : {}),
    };
    const isOld = session === undefined || now() / 1000 - session.since > freshFor;
    if (session === undefined || account === undefined || record === undefined || (fresh && isOld)) {
      seeOther(res, ownPageSignIn(context.issuer, back, ask));
      return undefined;
    }
    const demanded = { client_id: ownPagesClientId, acr_values: ask.acr_values };
    const deps = { factors: factors.policy, usable: factors.usable };
    if (lacksFactor(deps, account, session.amr, demanded)) {
      seeOther(res, ownPageSignIn(context.issuer, back, ask));
      return undefined;
    }
    return { account, record, sessionId: session.sessionId, by: actor(req, account.id) };
  }

  function actor(req: Request, name: string): Actor {
    return { name, address: deps.clientAddress(req), requestId: requestId(req) };
  }

  return {
    look: (req, res, to = '/account') => look(req, res, to, false),
    lookFresh: (req, res, to = '/account') => look(req, res, to, true),
  };
}
