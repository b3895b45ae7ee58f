import { type CookiePolicy, createClientAddress, createCookiePolicy } from '../http/index.ts';
import { createSealer, type Sealer } from '../store/index.ts';
import { type ClientPolicies, createClientPolicies, policyOf } from './claims/client-policies.ts';
import { createSubjects, type Subjects } from './claims/subjects.ts';
import { type ClientConfigs, createClientConfigs } from './clients/client-configs.ts';
import { type ClientMetadata, toClientMetadata } from './clients/client-metadata.ts';
import { usualGrantTypes } from './clients/grant-types.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { type Frontend, openFrontend } from './interaction/frontend.ts';
import { createLanguageCookie, type LanguageCookie } from './interaction/language.ts';
import { passwordGrant } from './password-grant/grant-type.ts';
import { createLifetimes, type ReplaceableLifetimes } from './provider/lifetimes.ts';
import { warnOfKeptTokens, warnOfPasswordGrant } from './warn-of-weaknesses.ts';

/** What follows from the configuration alone: nothing is read from the store for it. */
export interface Settings {
  readonly issuer: string;
  /** Path of the issuer, without a trailing slash. */
  readonly base: string;
  /** Those that are served now. */
  grantTypes(): readonly string[];
  /** Serves these from now on. */
  replaceGrantTypes(next: readonly string[] | undefined): void;
  /** Whether the accounts that are kept here are a source. */
  offersLocal(): boolean;
  replaceOffersLocal(next: boolean | undefined): void;
  readonly sealer: Sealer;
  readonly cookies: CookiePolicy;
  readonly language: LanguageCookie;
  readonly frontend: Frontend;
  readonly lifetimes: ReplaceableLifetimes;
  /** The configured clients as the provider knows them. */
  readonly metadata: readonly ClientMetadata[];
  readonly subjects: Subjects;
  /** What operators say of their clients. */
  readonly configs: ClientConfigs;
  readonly policies: ClientPolicies;
  readonly clientAddress: ReturnType<typeof createClientAddress>;
}

/**
 * Also says in the log what is configured to be weaker than it need be.
 * @throws ClientConfigError, ClientPolicyError
 */
export function createSettings(deps: IdentityDeps): Settings {
  const { issuer, log, now } = deps;
  let grantTypes = deps.grantTypes ?? usualGrantTypes;
  let offersLocal = deps.offersLocal ?? true;
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const cookies = createCookiePolicy(issuer);
  const language = createLanguageCookie(cookies);
  const lifetimes = createLifetimes(deps.expiry, now, deps.sessions);
  warnOfKeptTokens(lifetimes, log);
  warnOfPasswordGrant(grantTypes, log);
  const subjects = createSubjects(deps.subjectEncoding ?? 'plain');
  for (const client of deps.clients) policyOf(client);
  const configs = createClientConfigs(deps.clients);
  return {
    issuer,
    base,
    grantTypes: () => grantTypes,
    replaceGrantTypes(next = usualGrantTypes) {
      if (!grantTypes.includes(passwordGrant)) warnOfPasswordGrant(next, log);
      grantTypes = next;
    },
    offersLocal: () => offersLocal,
    replaceOffersLocal(next = true) {
      offersLocal = next;
    },
    sealer: deps.sealer ?? createSealer(undefined),
    cookies,
    language,
    frontend: openFrontend({ issuer, base, config: deps.frontend, language }),
    lifetimes,
    metadata: toClientMetadata(deps.clients, issuer, log, grantTypes),
    subjects,
    configs,
    policies: createClientPolicies(configs, subjects),
    clientAddress: createClientAddress(deps.trustedProxies),
  };
}
