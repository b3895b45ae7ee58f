import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { type CookiePolicy, createCors, createCsrf, createSecurityHeaders } from '../http/index.ts';
import type { Sealer } from '../store/index.ts';
import { createAccountPage } from './account/account-page.ts';
import { createOwnSessions } from './account/own-sessions.ts';
import type { OpenAccounts } from './accounts/open-accounts.ts';
import { createApp } from './app.ts';
import type { IdentityAudit } from './audit/index.ts';
import type { ClientPolicies } from './claims/client-policies.ts';
import { checkMetadata } from './clients/check-clients.ts';
import { createDeviceCodes } from './device/device-codes.ts';
import { createDevicePage } from './device/device-page.ts';
import type { OpenFactors } from './factors/open-factors.ts';
import type { ClientConfig, IdentityDeps } from './identity-deps.ts';
import { createAccountHome } from './interaction/account-home.ts';
import { createEnrolmentForms } from './interaction/enrolment-forms.ts';
import { createFinishSignIn } from './interaction/finish-sign-in.ts';
import { createForms } from './interaction/forms.ts';
import type { Frontend } from './interaction/frontend.ts';
import { createInteractions } from './interaction/interactions.ts';
import { createLanguageSwitch, type LanguageCookie } from './interaction/language.ts';
import { logoSources } from './interaction/logo-sources.ts';
import { createMustChange } from './interaction/must-change.ts';
import { createPageHost, type PageHost } from './interaction/page-host.ts';
import { createPageSession } from './interaction/page-session.ts';
import { createReset } from './interaction/reset.ts';
import { createSecondFactor } from './interaction/second-factor.ts';
import { createSignIn } from './interaction/sign-in.ts';
import type { Keys } from './keys/keys.ts';
import type { Lifetimes } from './provider/lifetimes.ts';
import { pinOrigin } from './provider/pin-origin.ts';
import type { Records } from './records.ts';
import type { OpenRegistration } from './registration/open-registration.ts';
import type { OpenSessions } from './sessions/open-sessions.ts';

export interface OpenPagesDeps {
  /** How pages look and what they offer, as it is configured. */
  readonly config: Pick<
    IdentityDeps,
    'issuer' | 'clients' | 'loginHint' | 'sessions' | 'headers' | 'cors' | 'isOverloaded' | 'log'
  >;
  readonly provider: Provider;
  readonly frontend: Frontend;
  readonly language: LanguageCookie;
  readonly local: OpenAccounts;
  readonly policies: ClientPolicies;
  readonly keys: Keys;
  readonly cookies: CookiePolicy;
  readonly lifetimes: Lifetimes;
  readonly records: Records;
  readonly sessions: Pick<OpenSessions, 'applications' | 'ended' | 'ending' | 'service' | 'use'>;
  readonly factors: OpenFactors;
  readonly registration: Pick<OpenRegistration, 'endpoint'>;
  readonly sealer: Sealer;
  readonly audit: IdentityAudit;
  clientAddress(req: IncomingMessage): string;
  /** Milliseconds since the epoch. */
  now(): number;
  ready(): boolean;
}

export interface OpenPages {
  /** Everything that door 1 serves. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** For pages that are not the provider's. */
  readonly host: PageHost;
  /** From now on pages may show the logos of these, and the frontend's own. */
  replaceClients(clients: readonly ClientConfig[]): void;
}

/** Makes the pages, and the app that serves them and the provider. */
export function openPages(deps: OpenPagesDeps): OpenPages {
  const { config, provider, local, factors, keys, cookies, audit, clientAddress, now } = deps;
  const { issuer, log } = config;
  const { accounts } = local;
  const { context, assets } = deps.frontend;
  const forms = createForms(context, createCsrf(keys.forms));
  const newPassword = { context, forms, users: local.users, minLength: local.minLength, clientAddress };
  const enrolmentForms = createEnrolmentForms({ context, forms, factors, sealer: deps.sealer });
  const secondFactor = createSecondFactor({
    provider,
    context,
    accounts,
    forms,
    factors,
    enrolmentForms,
    finish: createFinishSignIn({ provider, ending: deps.sessions.ending, clientAddress }),
    passwordChangedAt: async (id) => (await local.users.get(id))?.passwordChangedAt,
    clientAddress,
    now,
  });
  const signIn = createSignIn({
    provider,
    context,
    accounts,
    passwords: local.signIn,
    mustChange: createMustChange(newPassword),
    forms,
    loginHint: config.loginHint,
    rememberByDefault: config.sessions?.rememberMeCheckedByDefault ?? false,
    factors,
    secondFactor,
    clientAddress,
  });
  const codes = createDeviceCodes({ provider, use: deps.sessions.use, now });
  const pageSession = createPageSession({
    records: deps.records.pages,
    cookies,
    secrets: keys.cookies,
    lifetimes: deps.lifetimes,
    now,
  });
  const host = createPageHost({
    provider,
    context,
    accounts,
    policies: deps.policies,
    factors,
    forms,
    pageSession,
  });
  const headersFor = (clients: readonly ClientConfig[]) => {
    const logos = [deps.frontend.logoURL(), ...clients.map(({ logoURL }) => logoURL)];
    return createSecurityHeaders({
      https: cookies.secure,
      imageSources: logoSources(logos, issuer),
      extra: config.headers,
    });
  };
  let securityHeaders = headersFor(config.clients);
  const handler = createApp({
    provider,
    context,
    forms,
    pageSession,
    securityHeaders: (req, res, next) => securityHeaders(req, res, next),
    home: createAccountHome({
      provider,
      context,
      accounts,
      users: local.users,
      sessions: deps.sessions.service,
      host,
    }),
    language: createLanguageSwitch(context, forms, deps.language),
    device: createDevicePage({
      provider,
      context,
      accounts,
      policies: deps.policies,
      codes,
      factors: factors.policy,
      forms,
      cookies,
      audit,
      clientAddress,
      now,
    }),
    interactions: createInteractions({
      provider,
      context,
      accounts,
      forms,
      signIn,
      secondFactor,
      audit,
      clientAddress,
      now,
    }),
    account: createAccountPage({
      provider,
      context,
      accounts,
      forms,
      factors,
      enrolmentForms,
      sessions: deps.sessions.service,
      applications: deps.sessions.applications,
      host,
      users: local.users,
      minLength: local.minLength,
      clientAddress,
      now,
    }),
    ownSessions: createOwnSessions({
      provider,
      accounts,
      sessions: deps.sessions.service,
      isEnded: async (sessionId) => (await deps.sessions.ended.get(sessionId)) !== undefined,
      clientAddress,
    }),
    ownPages: host.router,
    registration: deps.registration.endpoint((metadata) => checkMetadata(provider, [metadata])),
    reset: createReset(newPassword),
    assets: assets.router,
    log,
    clientAddress,
    cors: createCors(config.cors ?? { origins: [], headers: [] }),
    now,
    pinOrigin: pinOrigin(provider, issuer),
    ready: deps.ready,
    isOverloaded: config.isOverloaded ?? (() => false),
  });
  return {
    handler,
    host,
    replaceClients(clients) {
      securityHeaders = headersFor(clients);
    },
  };
}
