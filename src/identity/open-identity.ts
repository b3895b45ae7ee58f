import { connectorSources } from './accounts/account-source.ts';
import { keepRecent } from './audit/index.ts';
import { mappedClaims } from './claims/client-policy.ts';
import { localConnector, upstreamOf } from './claims/subjects.ts';
import { checkMetadata } from './clients/check-clients.ts';
import type { ClientMetadata } from './clients/client-metadata.ts';
import { createClientsInForce } from './clients-in-force.ts';
import type { Identity } from './identity.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { rememberLeave } from './interaction/page-session.ts';
import { createProviderPages } from './interaction/provider-pages.ts';
import { startLogoutSender } from './logout/logout-sender.ts';
import { createObserver, type Observer } from './observer.ts';
import { openPages } from './open-pages.ts';
import { openPeople, type People } from './open-people.ts';
import { openState, type State } from './open-state.ts';
import { addNames, signLogoutToken } from './provider/internals.ts';
import { type OpenProviderDeps, openProvider } from './provider/open-provider.ts';
import { createReload } from './reload.ts';
import { createSettings, type Settings } from './settings.ts';

/**
 * Opens door 1: the OpenID Connect provider with its pages.
 * @throws ClientConfigError, AccountConflictError, FactorConfigError, or what the store throws
 */
export async function openIdentity(deps: IdentityDeps): Promise<Identity> {
  const { observer, recent, settings, state, people, provider } = await openParts(deps);
  const { endedGrants, federated, registration, sessions, keys, signOuts } = state;
  const { local, factors, upstream } = people;
  const { audit } = recent;
  const sign = (session: Parameters<typeof signLogoutToken>[1]) => signLogoutToken(provider, session);
  const logoutSender = startLogoutSender({ queue: signOuts, log: deps.log, metrics: observer.logout, sign });
  let open = true;
  const ready = () => open && deps.isStoreAway?.() !== true;
  const pages = openPages({ config: deps, ...settings, ...state, ...people, provider, audit, ready });
  registration.stored.follow((client) => addNames(provider, [client.id], mappedClaims(client)));
  const clients = createClientsInForce(deps.clients, registration);
  const check = (metadata: ClientMetadata) => checkMetadata(provider, [metadata]);
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
    sources: async () => [
      ...(settings.offersLocal() ? await local.sources(factors.usable) : []),
      ...(await connectorSources(upstream, factors.usable)),
    ],
    hasClient: clients.has,
    clients: clients.list,
    readClients: clients.read,
    watchClients: clients.watch,
    findClient: clients.find,
    managedClients: registration.managed({
      check,
      isConfigured: clients.isConfigured,
      connectors: () => [localConnector, ...upstream.connectors.list().map(({ id }) => id)],
      authenticators: () => deps.mfa?.authenticators?.map(({ id }) => id) ?? [],
    }),
    removeClient: clients.remove,
    passwordLoad: local.passwordLoad,
    expiring: expiringOf(state, people),
    reload: createReload({ config: deps, settings, state, people, provider, audit, clients }),
    async close() {
      open = false;
      endedGrants.close();
      registration.close();
      await logoutSender.close();
      await federated.close();
      await upstream.close();
      await local.close();
      await keys.close();
    },
  };
}

/** What is behind the pages, each part on those before it. */
async function openParts(deps: IdentityDeps) {
  const settings = createSettings(deps);
  const observer = createObserver(deps, settings.base);
  const recent = keepRecent(observer.audit);
  const { audit } = recent;
  const state = await openState({ config: deps, settings, audit });
  const people = await openPeople({ config: deps, settings, state, audit });
  const provider = await openProvider(providerDeps({ config: deps, settings, state, people, audit }));
  show(observer, deps, state, people);
  return { observer, recent, settings, state, people, provider };
}

interface ProviderParts extends Pick<OpenProviderDeps, 'audit'> {
  readonly config: IdentityDeps;
  readonly settings: Settings;
  readonly state: State;
  readonly people: People;
}

function providerDeps({ config, settings, state, people, audit }: ProviderParts): OpenProviderDeps {
  const { base, frontend } = settings;
  const { local, factors, upstream, askAgain } = people;
  const { accounts, signIn } = local;
  const isKeptHere = (accountId: string) => upstreamOf(accountId) === undefined;
  return {
    ...settings,
    ...state,
    accounts,
    audit,
    clients: settings.metadata,
    signIn,
    factors,
    enforcePkce: config.enforcePkce ?? false,
    log: config.log,
    now: config.now,
    pages: createProviderPages(frontend.context, accounts),
    askAgain,
    canAskAgain: async (accountId) =>
      isKeptHere(accountId) || (await upstream.people.find(accountId))?.person.data !== undefined,
    hasSource: (id) =>
      id === localConnector ? settings.offersLocal() : upstream.connectors.find(id) !== undefined,
    secondFactor: { factors: factors.policy, usable: factors.usable },
    sessionCookie: config.sessions?.cookieName ?? 'sallyport_session',
    skipApprovalScreen: config.skipApprovalScreen ?? false,
    leave(req, url) {
      rememberLeave(req, url);
      return `${base}/logout/continue`;
    },
  };
}

function show(observer: Observer, { now }: IdentityDeps, state: State, { local }: People): void {
  const { items } = state.signOuts;
  observer.show({
    passwordLoad: local.passwordLoad,
    keys: state.keys,
    sessions: state.sessions.count,
    signOuts: { waiting: () => items.size().items, givenUp: () => items.countDeadLetters() },
    now,
  });
}

function expiringOf({ records, sessions, registration }: State, people: People): Identity['expiring'] {
  return [
    records.indexes,
    records.polls,
    records.pages,
    records.kept,
    ...sessions.expiring,
    ...people.local.expiring,
    ...people.factors.expiring,
    ...people.upstream.expiring,
    ...registration.expiring,
  ];
}
