import { errors } from 'oidc-provider';
import type { Account, Accounts } from '../accounts/accounts.ts';
import { normalizeLogin } from '../accounts/login.ts';
import type { PasswordSignIn } from '../accounts/sign-in/password-sign-in.ts';
import type { Actor } from '../audit/index.ts';
import { enrolledKinds } from '../factors/factor-record.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { nextStep } from '../factors/requirement.ts';
import { demandOf } from '../provider/second-factor-prompt.ts';
import type { AccountEnds } from '../sessions/account-ends.ts';
import type { PasswordRequest } from './password-request.ts';

export interface ProvePasswordDeps {
  readonly accounts: Accounts;
  readonly signIn: PasswordSignIn;
  readonly factors: Pick<OpenFactors, 'policy' | 'records' | 'usable'>;
  readonly accountEnds: Pick<AccountEnds, 'last'>;
}

/** What is said of the refusal beside its body. */
interface Answer {
  set(header: string, value: string): unknown;
}

export interface ProvenPerson {
  readonly account: Account;
  /** What of the account had been ended before the password was looked at: `AccountEnds.last`. */
  readonly standing: number;
}

/** The provider would keep the reason to itself; here it is the person's to know. */
const refused = (reason: string) =>
  Object.assign(new errors.InvalidGrant(reason), { error_description: reason });

const wrong = () => refused('the username or password is not right');

/** Nothing was looked at: the client may ask again. @param wait milliseconds */
function later(ctx: Answer, status: 429 | 503, description: string, wait: number): Error {
  ctx.set('Retry-After', String(Math.ceil(wait / 1000)));
  const error = new errors.OIDCProviderError(status, 'temporarily_unavailable');
  return Object.assign(error, { error_description: description, expose: true });
}

/**
 * Whose password it is, by the rules of the sign-in page: the same counting of attempts, the same words and time for an unknown
 * account and a wrong password. What the page would ask next cannot be asked here: then nobody is signed in.
 * @throws errors.InvalidGrant, errors.OIDCProviderError
 */
export async function provePassword(
  ctx: Answer,
  { username, password, scopes }: PasswordRequest,
  by: Actor,
  { accounts, signIn, factors, accountEnds }: ProvePasswordDeps,
): Promise<ProvenPerson> {
  const meant = (await accounts.byLogin(normalizeLogin(username)))?.id ?? '';
  const standing = await accountEnds.last(meant);
  const verdict = await signIn.verify(username, password, by);
  if (verdict.type === 'throttled') throw later(ctx, 429, 'too many attempts', verdict.wait);
  if (verdict.type === 'busy') throw later(ctx, 503, 'too many passwords are waiting to be checked', 5000);
  if (verdict.type === 'wrong') throw wrong();
  const account = await accounts.byId(verdict.accountId);
  if (account === undefined || account.id !== meant) throw wrong();
  if (verdict.mustChangePassword)
    throw refused('the password has to be changed first: sign in with a browser');
  const params = { client_id: by.client, scope: [...scopes].join(' ') };
  const { requirement } = demandOf(factors.policy, account, params);
  const enrolled = enrolledKinds(await factors.records.read(account.id));
  const missing = nextStep(requirement, ['pwd'], enrolled, { asked: [], usable: factors.usable });
  if (missing !== undefined)
    throw refused('a second factor is needed: sign in with a browser, or with a device code');
  return { account, standing };
}
