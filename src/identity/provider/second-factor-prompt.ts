import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { audiencesFor } from '../claims/audiences.ts';
import type { FactorKind } from '../factors/methods.ts';
import {
  type FactorPerson,
  type FactorPolicy,
  missingFactors,
  type Requirement,
} from '../factors/requirement.ts';

const { Check, Prompt } = interactionPolicy;

/** The step at which somebody who is signed in has to show, or to enrol, a second factor. */
export const secondFactorPrompt = 'second_factor';

/** A parameter of authorization requests: the client that the sign-in must be good for besides. It can only ask for more. */
export const factorsForParam = 'factors_for';

export interface SecondFactorDeps {
  readonly factors: FactorPolicy;
  /** The kinds that somebody can enrol here. */
  readonly usable: readonly FactorKind[];
}

export interface AskedParams {
  readonly client_id?: unknown;
  readonly scope?: unknown;
  readonly acr_values?: unknown;
  readonly [factorsForParam]?: unknown;
}

const words = (text: unknown) => (typeof text === 'string' ? text.split(' ').filter(Boolean) : []);

/** What an authorization request demands of the person: by the clients that its tokens are for, and by itself. */
export function demandOf(
  factors: FactorPolicy,
  person: FactorPerson,
  params: AskedParams,
): { readonly requirement: Requirement; readonly asked: readonly string[] } {
  const audiences = audiencesFor(String(params.client_id), words(params.scope));
  const besides = params[factorsForParam];
  const clients = typeof besides === 'string' ? [...audiences, besides] : audiences;
  return { requirement: factors.required(person, clients), asked: words(params.acr_values) };
}

/** Whether a session that was made so would not do. @param usable the kinds that somebody can enrol here */
export function lacksFactor(
  { factors, usable = [] }: { readonly factors: FactorPolicy; readonly usable?: readonly FactorKind[] },
  person: FactorPerson,
  amr: readonly string[],
  params: AskedParams,
): boolean {
  const { requirement, asked } = demandOf(factors, person, params);
  return missingFactors(requirement, amr, { asked, all: usable }).length > 0;
}

function isMissing({ oidc }: KoaContextWithOIDC, deps: SecondFactorDeps): boolean {
  const { account, session } = oidc;
  if (account === undefined || session === undefined) return false;
  const person = 'groups' in account ? (account as unknown as FactorPerson) : { groups: [] };
  return lacksFactor(deps, person, session.amr ?? [], { ...oidc.params });
}

export function createSecondFactorPrompt(deps: SecondFactorDeps) {
  return new Prompt(
    { name: secondFactorPrompt, requestable: false },
    new Check('factor_missing', 'a second factor is required', 'login_required', (ctx) =>
      isMissing(ctx, deps),
    ),
  );
}
