import type { SessionData } from 'express-session';
import Provider from 'oidc-provider';
import { supportedLocales } from '../../views/index.ts';
import {
  createClientAddress,
  createCookiePolicy,
  createCors,
  createCsrf,
  createSecurityHeaders,
} from '../http/index.ts';
import { createExpiring, createSealer } from '../store/index.ts';
import { openAccounts } from './accounts/open-accounts.ts';
import { createApp } from './app.ts';
import { audiencesFor } from './claims/audiences.ts';
import { createClientPolicies, replaceablePolicies } from './claims/client-policies.ts';
import { createSubjects } from './claims/subjects.ts';
import { checkClients } from './clients/check-clients.ts';
import { toClientMetadata } from './clients/client-metadata.ts';
import { usualGrantTypes } from './clients/grant-types.ts';
import { createDeviceCodes } from './device/device-codes.ts';
import { createDevicePage } from './device/device-page.ts';
import type { PollRecord } from './device/poll-limit.ts';
import type { Identity } from './identity.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { createAccountHome } from './interaction/account-home.ts';
import { createAssets } from './interaction/assets.ts';
import { createForms } from './interaction/forms.ts';
import { createInteractions } from './interaction/interactions.ts';
import { logoSources } from './interaction/logo-sources.ts';
import { createMustChange } from './interaction/must-change.ts';
import { createPageContext } from './interaction/page-context.ts';
import { createPageHost } from './interaction/page-host.ts';
import { createPageSession, rememberLeave } from './interaction/page-session.ts';
import { createProviderPages } from './interaction/provider-pages.ts';
import { createReset } from './interaction/reset.ts';
import { createSignIn } from './interaction/sign-in.ts';
import { defaultRotationPeriod } from './keys/key-times.ts';
import { openKeys } from './keys/keys.ts';
import { openLogoutQueue } from './logout/logout-queue.ts';
import { startLogoutSender } from './logout/logout-sender.ts';
import { createObserver } from './observer.ts';
import { createAdapterFactory } from './provider/adapter.ts';
import { correctAnswers } from './provider/answers.ts';
import { createConfiguration } from './provider/configuration.ts';
import { followEndedGrants } from './provider/ended-grants.ts';
import { recordEvents } from './provider/events.ts';
import { acceptHintsForSeveral, shapeIdTokens } from './provider/id-token-shape.ts';
import {
  answerInQueryOnly,
  askUsedOnce,
  deriveSuccessors,
  rememberAnew,
  signLogoutToken,
  useKeys,
} from './provider/internals.ts';
import { createLifetimes } from './provider/lifetimes.ts';
import { pinOrigin } from './provider/pin-origin.ts';
import { recordSessions } from './provider/record-sessions.ts';
import { useExactRedirectUris } from './provider/redirect-uris.ts';
import { serveGrants } from './provider/serve-grants.ts';
import type { StoredModel } from './provider/stored-model.ts';
import { createSuccessors } from './provider/successors.ts';
import { createUsedOnce } from './provider/used-once.ts';
import { createReload } from './reload.ts';
import { openSessions } from './sessions/open-sessions.ts';

/**
 * Opens door 1: the OpenID Connect provider with its pages.
 * @throws ClientConfigError, AccountConflictError, or what the store throws
 */
export async function openIdentity(deps: IdentityDeps): Promise<Identity> {
  const { issuer, store, now, log, frontend = {}, skipApprovalScreen = false, enforcePkce = false } = deps;
  const { grantTypes = usualGrantTypes } = deps;
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const endedGrants = await followEndedGrants({ store, log });
  const lifetimes = createLifetimes(deps.expiry, now, deps.sessions);
  const clients = toClientMetadata(deps.clients, issuer, log, grantTypes);
  const subjects = createSubjects(deps.subjectEncoding ?? 'plain');
  const makePolicies = (of: IdentityDeps['clients']) => createClientPolicies(of, subjects);
  const policies = replaceablePolicies(makePolicies(deps.clients));
  const cookies = createCookiePolicy(issuer);
  const assets = createAssets();

  const records = createExpiring<StoredModel>(store, { prefix: 'identity/oidc/', now });
  const indexes = createExpiring<string>(store, { prefix: 'identity/index/', now });
  const polls = createExpiring<PollRecord>(store, { prefix: 'identity/polls/', now });
  const pageSessions = createExpiring<SessionData>(store, { prefix: 'identity/pages/', now });

  const signOuts = await openLogoutQueue({ store, clients: deps.clients, log, now });
  const sessions = openSessions({ store, records, indexes, lifetimes, log, now, onEnd: signOuts.tell });
  const keys = await openKeys({
    store,
    sealer: deps.sealer ?? createSealer(undefined),
    leader: deps.leader ?? { isLeader: () => true },
    algorithm: deps.signer?.algorithm ?? 'RS256',
    rotationPeriod: deps.signer?.keysRotationPeriod ?? defaultRotationPeriod,
    longest: { tokens: lifetimes.signed, cookies: lifetimes.longest },
    now,
    log,
    endAll: async () => void (await sessions.service.endAll()),
  });
  const name = frontend.issuer ?? 'Sallyport';
  const observer = createObserver(deps, base);
  const { audit } = observer;
  const local = await openAccounts({
    store,
    passwords: deps.passwords,
    config: deps.accounts ?? {},
    context: [name, new URL(issuer).hostname],
    secret: keys.addresses(),
    audit,
    endAllOf: sessions.service.endAllOf,
    now,
  });
  const { accounts } = local;
  const clientAddress = createClientAddress(deps.trustedProxies);
  const context = createPageContext({
    issuer,
    base,
    name,
    stylesheet: `${base}/static/${assets.stylesheet}`,
    theme: frontend.theme,
    logoUrl: frontend.logoURL,
  });
  const successors = createSuccessors(keys.refresh, lifetimes.reuseInterval);
  const provider = new Provider(
    issuer,
    createConfiguration({
      accounts,
      adapter: createAdapterFactory({
        records,
        indexes,
        ended: sessions.ended,
        longest: lifetimes.longest,
        successors,
        now,
        endGrant: sessions.ending.endGrant,
      }),
      base,
      clients,
      cookies,
      enforcePkce,
      grantTypes,
      keys,
      lifetimes,
      locales: supportedLocales,
      log,
      pages: createProviderPages(context, accounts),
      sessionCookie: deps.sessions?.cookieName ?? 'sallyport_session',
      policies,
      skipApprovalScreen,
      clientAddress,
      subjects,
    }),
  );
  serveGrants(provider, {
    grantTypes,
    accounts,
    policies,
    subjects,
    lifetimes,
    polls,
    ended: sessions.ended,
    now,
  });
  const takeKeys = () =>
    useKeys(provider, {
      signing: keys.signing(),
      published: keys.keySet().keys,
      cookies: keys.cookies(),
    });
  takeKeys();
  keys.onChange(takeKeys);
  await checkClients(provider, clients);
  useExactRedirectUris(provider);
  answerInQueryOnly(provider);
  deriveSuccessors(provider, successors.of);
  askUsedOnce(provider, createUsedOnce(records));
  rememberAnew(provider);
  acceptHintsForSeveral(provider);
  shapeIdTokens(provider, {
    subjectOf: subjects.subjectOf,
    audiencesOf: (clientId, scope) => audiencesFor(clientId, scope.split(' ')),
  });
  correctAnswers(provider, {
    grantTypes,
    leave(req, url) {
      rememberLeave(req, url);
      return `${base}/logout/continue`;
    },
  });
  recordSessions(provider, { ...sessions, clientAddress, now });
  recordEvents(provider, { log, audit, clientAddress, now });
  const logoutSender = startLogoutSender({
    queue: signOuts,
    log,
    metrics: observer.logout,
    sign: (session) => signLogoutToken(provider, session),
  });

  const forms = createForms(context, createCsrf(keys.forms));
  const newPassword = { context, forms, users: local.users, minLength: local.minLength, clientAddress };
  const signIn = createSignIn({
    provider,
    context,
    passwords: local.signIn,
    mustChange: createMustChange(newPassword),
    forms,
    loginHint: deps.loginHint,
    rememberByDefault: deps.sessions?.rememberMeCheckedByDefault ?? false,
    ending: sessions.ending,
    clientAddress,
  });
  const pages = createPageHost({ provider, context, accounts, policies });
  const headersFor = (of: IdentityDeps['clients']) =>
    createSecurityHeaders({
      https: cookies.secure,
      imageSources: logoSources([frontend.logoURL, ...of.map(({ logoURL }) => logoURL)], issuer),
      extra: deps.headers,
    });
  let securityHeaders = headersFor(deps.clients);
  let open = true;
  const handler = createApp({
    provider,
    context,
    forms,
    pageSession: createPageSession({
      records: pageSessions,
      cookies,
      secrets: keys.cookies,
      lifetime: lifetimes.authRequests,
      now,
    }),
    securityHeaders: (req, res, next) => securityHeaders(req, res, next),
    home: createAccountHome(provider, context, accounts),
    device: createDevicePage({
      provider,
      context,
      accounts,
      codes: createDeviceCodes(provider, now),
      forms,
      cookies,
      audit,
      clientAddress,
      now,
    }),
    interactions: createInteractions({ provider, context, accounts, forms, signIn }),
    ownPages: pages.router,
    reset: createReset(newPassword),
    assets: assets.router,
    log,
    clientAddress,
    cors: createCors(deps.cors ?? { origins: [], headers: [] }),
    now,
    pinOrigin: pinOrigin(provider, issuer),
    ready: () => open,
  });
  observer.show({
    passwordLoad: local.passwordLoad,
    keys,
    sessions: sessions.count,
    signOuts: {
      waiting: () => signOuts.items.size().items,
      givenUp: () => signOuts.items.countDeadLetters(),
    },
    now,
  });
  return {
    handler: observer.timed(handler),
    jwks: keys.keySet,
    keys,
    isEnded: (sessionId) => endedGrants.isEnded(sessionId),
    ready: () => open,
    sessions: sessions.service,
    pages,
    users: local.users,
    groups: local.groups,
    passwordLoad: local.passwordLoad,
    expiring: [records, indexes, polls, pageSessions, ...sessions.expiring, ...local.expiring],
    reload: createReload({
      provider,
      issuer,
      grantTypes,
      log,
      makePolicies,
      replaceStatics: local.replaceStatics,
      onReload(clients, next) {
        policies.replace(next);
        signOuts.replaceClients(clients);
        securityHeaders = headersFor(clients);
      },
    }),
    async close() {
      open = false;
      endedGrants.close();
      await logoutSender.close();
      await keys.close();
    },
  };
}
