import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import {
  type CookiePolicy,
  createCors,
  createCsrf,
  createSecurityHeaders,
  type SecurityHeaders,
} from '../http/index.ts';
import type { Sealer } from '../store/index.ts';
import { createAccountPage } from './account/account-page.ts';
import { createOwnSessions } from './account/own-sessions.ts';
import type { OpenAccounts } from './accounts/open-accounts.ts';
import { createApp } from './app.ts';
import type { IdentityAudit } from './audit/index.ts';
import type { ClientPolicies } from './claims/client-policies.ts';
import { localConnector, upstreamOf } from './claims/subjects.ts';
import { checkMetadata } from './clients/check-clients.ts';
import type { ClientConfigs } from './clients/client-configs.ts';
import type { OpenUpstream } from './connectors/open-upstream.ts';
import { createDeviceCodes } from './device/device-codes.ts';
import { createDevicePage } from './device/device-page.ts';
import type { OpenFactors } from './factors/open-factors.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { createAccountHome } from './interaction/account-home.ts';
import { createConnectorAuthorization } from './interaction/connector-authorization.ts';
import { createEnrolmentForms } from './interaction/enrolment-forms.ts';
import { createFinishSignIn } from './interaction/finish-sign-in.ts';
import { createForms } from './interaction/forms.ts';
import type { Frontend } from './interaction/frontend.ts';
import { createInteractions } from './interaction/interactions.ts';
import { createKeptForBrowser } from './interaction/kept-for-browser.ts';
import { createLanguageSwitch, type LanguageCookie } from './interaction/language.ts';
import { logoSources } from './interaction/logo-sources.ts';
import { createMustChange } from './interaction/must-change.ts';
import { createPageHost, type PageHost } from './interaction/page-host.ts';
import { createPageSession } from './interaction/page-session.ts';
import { createReset } from './interaction/reset.ts';
import { createSameBrowser } from './interaction/same-browser.ts';
import { createSecondFactor } from './interaction/second-factor.ts';
import { createSignIn } from './interaction/sign-in.ts';
import { createSourcePicker } from './interaction/source-picker.ts';
import { createSources } from './interaction/sources.ts';
import { createUpstreamCallback, type UpstreamCallbackDeps } from './interaction/upstream-callback.ts';
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
    | 'issuer'
    | 'loginHint'
    | 'alwaysShowLoginScreen'
    | 'sessions'
    | 'headers'
    | 'cors'
    | 'isOverloaded'
    | 'log'
    | 'now'
  >;
  readonly provider: Provider;
  readonly frontend: Frontend;
  readonly configs: Pick<ClientConfigs, 'all'>;
  readonly language: LanguageCookie;
  readonly local: OpenAccounts;
  readonly policies: ClientPolicies;
  readonly keys: Keys;
  readonly cookies: CookiePolicy;
  readonly lifetimes: Lifetimes;
  readonly records: Records;
  readonly sessions: Pick<OpenSessions, 'applications' | 'ended' | 'ending' | 'service' | 'use'>;
  readonly factors: OpenFactors;
  readonly upstream: OpenUpstream;
  readonly checkNames: UpstreamCallbackDeps['checkNames'];
  offersLocal(): boolean;
  readonly registration: Pick<OpenRegistration, 'endpoint'>;
  readonly sealer: Sealer;
  readonly audit: IdentityAudit;
  clientAddress(req: IncomingMessage): string;
  ready(): boolean;
}

export interface OpenPages {
  /** Everything that door 1 serves. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** For pages that are not the provider's. */
  readonly host: PageHost;
}

/** Makes the pages, and the app that serves them and the provider. */
export function openPages(deps: OpenPagesDeps): OpenPages {
  const { config, keys, cookies } = deps;
  const common = commonOf(deps);
  const pageSession = createPageSession({
    records: deps.records.pages,
    cookies,
    secrets: keys.cookies,
    lifetimes: deps.lifetimes,
    now: config.now,
  });
  const host = createPageHost({ ...common, pageSession });
  const handler = createApp({
    ...common,
    ...createOwnPages(deps, common, host),
    pageSession,
    securityHeaders: createHeaders(deps),
    ...createSigningIn(deps, common),
    language: createLanguageSwitch(common.context, common.forms, deps.language),
    registration: deps.registration.endpoint((metadata) => checkMetadata(deps.provider, [metadata])),
    assets: deps.frontend.assets.router,
    log: config.log,
    cors: createCors(config.cors ?? { origins: [], headers: [] }),
    pinOrigin: pinOrigin(deps.provider, config.issuer),
    ready: deps.ready,
    isOverloaded: config.isOverloaded ?? (() => false),
  });
  return { handler, host };
}

/** Pages may show the logos of the clients that there are, and the frontend's own. */
function createHeaders({ config, configs, cookies, frontend }: OpenPagesDeps): SecurityHeaders {
  const headersFor = (imageSources: readonly string[]) =>
    createSecurityHeaders({ https: cookies.secure, imageSources, extra: config.headers });
  let made:
    | { readonly clients: unknown; readonly logo: unknown; readonly headers: SecurityHeaders }
    | undefined;
  const current = (): SecurityHeaders => {
    const clients = configs.all();
    const logo = frontend.logoURL();
    if (made?.clients !== clients || made.logo !== logo) {
      const logos = [logo, ...clients.map(({ logoURL }) => logoURL)];
      made = { clients, logo, headers: headersFor(logoSources(logos, config.issuer)) };
    }
    return made.headers;
  };
  return {
    pages: (req, res, next) => current().pages(req, res, next),
    programs: (req, res, next) => current().programs(req, res, next),
  };
}

type Common = ReturnType<typeof commonOf>;

/** What most pages need. */
function commonOf({ provider, frontend, local, policies, factors, keys, ...deps }: OpenPagesDeps) {
  const { context } = frontend;
  const forms = createForms(context, createCsrf(keys.forms));
  const kept = createKeptForBrowser({ records: deps.records.kept, now: deps.config.now });
  return {
    provider,
    context,
    accounts: local.accounts,
    users: local.users,
    minLength: local.minLength,
    policies,
    factors,
    forms,
    kept,
    enrolmentForms: createEnrolmentForms({ context, forms, kept, factors, sealer: deps.sealer }),
    audit: deps.audit,
    clientAddress: deps.clientAddress,
    now: deps.config.now,
  };
}

/** From the first page of a sign-in to its end. */
function createSigningIn(deps: OpenPagesDeps, common: Common) {
  const { config, local, sessions, cookies, upstream, offersLocal } = deps;
  const { connectors, attempts, people } = upstream;
  const rememberByDefault = config.sessions?.rememberMeCheckedByDefault ?? false;
  const sources = createSources({
    ...common,
    connectors,
    cookies,
    offersLocal,
    alwaysShows: () => config.alwaysShowLoginScreen ?? false,
  });
  const sameBrowser = createSameBrowser({ ...common, cookies });
  const secondFactor = createSecondFactor({
    ...common,
    finish: createFinishSignIn({ ...common, ending: sessions.ending, sameBrowser }),
    passwordChangedAt: async (id) =>
      upstreamOf(id) === undefined ? (await local.users.get(id)).passwordChangedAt : undefined,
  });
  const signIn = createSignIn({
    ...common,
    passwords: local.signIn,
    mustChange: createMustChange(common),
    loginHint: config.loginHint,
    sources,
    rememberByDefault,
    secondFactor,
  });
  const picker = createSourcePicker({ ...common, sources, attempts, cookies, signIn, log: config.log });
  const interactions = createInteractions({ ...common, signIn, secondFactor, sources, picker });
  const callback = createUpstreamCallback({
    ...common,
    connectors,
    attempts,
    people,
    sources,
    cookies,
    rememberByDefault,
    log: config.log,
    checkNames: deps.checkNames,
  });
  const hasSource = (id: string) =>
    id === localConnector ? offersLocal() : connectors.find(id) !== undefined;
  return {
    interactions,
    callback,
    connectorAuthorization: createConnectorAuthorization(common.context, hasSource),
    resumed: sameBrowser.guard,
  };
}

/** The pages beside signing in: of one's own account, of devices, of a new password. */
function createOwnPages(deps: OpenPagesDeps, common: Common, host: PageHost) {
  const { service, applications, ended, use } = deps.sessions;
  const codes = createDeviceCodes({ ...common, use });
  return {
    home: createAccountHome({ ...common, sessions: service, host }),
    device: createDevicePage({ ...common, codes, factors: common.factors.policy, cookies: deps.cookies }),
    account: createAccountPage({ ...common, sessions: service, applications, host }),
    ownSessions: createOwnSessions({
      ...common,
      sessions: service,
      isEnded: async (sessionId) => (await ended.get(sessionId)) !== undefined,
    }),
    ownPages: host.router,
    reset: createReset(common),
  };
}
