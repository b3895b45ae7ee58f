import { createClientAddress, createCookiePolicy } from '../http/index.ts';
import { createSealer } from '../store/index.ts';
import { openAccounts } from './accounts/open-accounts.ts';
import { keepRecent } from './audit/index.ts';
import { createClientPolicies, replaceablePolicies } from './claims/client-policies.ts';
import { createSubjects } from './claims/subjects.ts';
import { toClientMetadata } from './clients/client-metadata.ts';
import { clientViews } from './clients/client-view.ts';
import { usualGrantTypes } from './clients/grant-types.ts';
import { createFactorRecords } from './factors/factor-records.ts';
import { openFactors } from './factors/open-factors.ts';
import { createFederatedClients } from './federated-credentials/federated-clients.ts';
import type { Identity } from './identity.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { openFrontend } from './interaction/frontend.ts';
import { createLanguageCookie } from './interaction/language.ts';
import { rememberLeave } from './interaction/page-session.ts';
import { createProviderPages } from './interaction/provider-pages.ts';
import { defaultRotationPeriod } from './keys/key-times.ts';
import { openKeys } from './keys/keys.ts';
import { openLogoutQueue } from './logout/logout-queue.ts';
import { startLogoutSender } from './logout/logout-sender.ts';
import { createObserver } from './observer.ts';
import { openPages } from './open-pages.ts';
import { passwordGrant } from './password-grant/grant-type.ts';
import { followEndedGrants } from './provider/ended-grants.ts';
import { signLogoutToken } from './provider/internals.ts';
import { createLifetimes } from './provider/lifetimes.ts';
import { openProvider } from './provider/open-provider.ts';
import { createUsedOnce } from './provider/used-once.ts';
import { openRecords } from './records.ts';
import { openRegistration } from './registration/open-registration.ts';
import { createReload } from './reload.ts';
import { openSessions } from './sessions/open-sessions.ts';
import { warnOfKeptTokens, warnOfPasswordGrant } from './warn-of-weaknesses.ts';

/**
 * Opens door 1: the OpenID Connect provider with its pages.
 * @throws ClientConfigError, AccountConflictError, FactorConfigError, or what the store throws
 */
export async function openIdentity(deps: IdentityDeps): Promise<Identity> {
  const { issuer, store, now, log } = deps;
  let served = deps.grantTypes ?? usualGrantTypes;
  const grantTypes = () => served;
  const sealer = deps.sealer ?? createSealer(undefined);
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const cookies = createCookiePolicy(issuer);
  const language = createLanguageCookie(cookies);
  const frontend = openFrontend({ issuer, base, config: deps.frontend, language });
  const endedGrants = await followEndedGrants({ store, log });
  const lifetimes = createLifetimes(deps.expiry, now, deps.sessions);
  warnOfKeptTokens(lifetimes, log);
  warnOfPasswordGrant(served, log);
  const clients = toClientMetadata(deps.clients, issuer, log, served);
  const subjects = createSubjects(deps.subjectEncoding ?? 'plain');
  const makePolicies = (of: IdentityDeps['clients']) => createClientPolicies(of, subjects);
  const policies = replaceablePolicies(makePolicies(deps.clients));
  const clientAddress = createClientAddress(deps.trustedProxies);
  const observer = createObserver(deps, base);
  const recent = keepRecent(observer.audit);
  const { audit } = recent;
  const records = openRecords(store, now);
  const { models, indexes } = records;

  const isFirst = createUsedOnce(models);
  const federated = createFederatedClients({ issuer, clients: deps.clients, log, isFirst, now });
  const signOuts = await openLogoutQueue({ store, clients: deps.clients, log, now });
  const sessions = openSessions({
    store,
    records: models,
    indexes,
    lifetimes,
    audit,
    now,
    onEnd: signOuts.tell,
  });
  const keys = await openKeys({
    store,
    sealer,
    leader: deps.leader ?? { isLeader: () => true },
    algorithm: deps.signer?.algorithm ?? 'RS256',
    rotationPeriod: deps.signer?.keysRotationPeriod ?? defaultRotationPeriod,
    longest: () => ({ tokens: lifetimes.kept.signed, cookies: lifetimes.kept.longest }),
    now,
    log,
    audit,
    endAll: async () => void (await sessions.service.endAll({ cause: 'keys' })),
  });
  const registration = await openRegistration(deps.registration, {
    issuer,
    store,
    grantTypes,
    audit,
    clientAddress,
    endForEverybody: sessions.applications.endForEverybody,
    secret: keys.addresses(),
    log,
    now,
  });
  const factorRecords = createFactorRecords(store, sealer);
  const endAllOf = (accountId: string) => sessions.service.endAllOf(accountId, { cause: 'account' });
  const local = await openAccounts({
    store,
    passwords: deps.passwords,
    config: deps.accounts ?? {},
    context: () => [frontend.name(), new URL(issuer).hostname],
    secret: keys.addresses(),
    audit,
    log,
    forget: factorRecords.remove,
    endAllOf,
    now,
  });
  const { accounts } = local;
  const factors = await openFactors({
    issuer,
    name: frontend.name,
    store,
    records: factorRecords,
    config: deps.mfa ?? {},
    clients: deps.clients,
    accounts,
    throttle: local.throttle,
    audit,
    endAllOf,
    secret: keys.addresses(),
    secrets: keys.forms,
    now,
  });
  const provider = await openProvider({
    issuer,
    base,
    accounts,
    audit,
    clients,
    cookies,
    federated,
    signIn: local.signIn,
    factors,
    isFirst,
    registration,
    enforcePkce: deps.enforcePkce ?? false,
    grantTypes,
    keys,
    lifetimes,
    log,
    now,
    pages: createProviderPages(frontend.context, accounts),
    policies,
    records,
    secondFactor: { factors: factors.policy, usable: factors.usable },
    sessionCookie: deps.sessions?.cookieName ?? 'sallyport_session',
    sessions,
    skipApprovalScreen: deps.skipApprovalScreen ?? false,
    subjects,
    clientAddress,
    leave(req, url) {
      rememberLeave(req, url);
      return `${base}/logout/continue`;
    },
  });
  const logoutSender = startLogoutSender({
    queue: signOuts,
    log,
    metrics: observer.logout,
    sign: (session) => signLogoutToken(provider, session),
  });
  let open = true;
  const ready = () => open && deps.isStoreAway?.() !== true;
  const pages = openPages({
    config: deps,
    provider,
    frontend,
    language,
    local,
    policies,
    keys,
    cookies,
    lifetimes,
    records,
    sessions,
    factors,
    registration,
    sealer,
    audit,
    clientAddress,
    now,
    ready,
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
  let configuredClients = deps.clients;
  const idsOf = (of: IdentityDeps['clients']) => new Set(clientViews(of).map(({ id }) => id));
  let clientIds = idsOf(configuredClients);
  return {
    handler: observer.timed(pages.handler),
    jwks: keys.keySet,
    keys,
    isEnded: (sessionId) => endedGrants.isEnded(sessionId),
    ready,
    sessions: sessions.service,
    recentEvents: recent.list,
    trail: audit,
    pages: pages.host,
    users: local.users,
    factors: factors.service,
    groups: local.groups,
    hasClient: (clientId) => clientIds.has(clientId) || registration.has(clientId),
    clients: () => [...clientViews(configuredClients), ...registration.views()],
    removeClient: registration.remove,
    passwordLoad: local.passwordLoad,
    expiring: [
      indexes,
      records.polls,
      records.pages,
      ...sessions.expiring,
      ...local.expiring,
      ...factors.expiring,
      ...registration.expiring,
    ],
    reload: createReload({
      provider,
      issuer,
      log,
      audit,
      now,
      makePolicies,
      replaceStatics: local.replaceStatics,
      onReload({ clients: configured, expiry, frontend: look, ...ways }, next) {
        const rotated = lifetimes.rotateRefreshTokens;
        lifetimes.replace(expiry);
        if (rotated) warnOfKeptTokens(lifetimes, log);
        frontend.replace(look);
        configuredClients = configured;
        clientIds = idsOf(configured);
        policies.replace(next);
        signOuts.replaceClients(configured);
        federated.replaceClients(configured);
        factors.policy.replaceClients(configured);
        pages.replaceClients(configured);
        const { grantTypes: wanted = usualGrantTypes } = ways;
        if (!served.includes(passwordGrant)) warnOfPasswordGrant(wanted, log);
        served = wanted;
        registration.replace(ways.registration);
      },
    }),
    async close() {
      open = false;
      endedGrants.close();
      registration.close();
      await logoutSender.close();
      await federated.close();
      await local.close();
      await keys.close();
    },
  };
}
