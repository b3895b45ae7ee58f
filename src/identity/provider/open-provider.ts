import type { IncomingMessage } from 'node:http';
import Provider from 'oidc-provider';
import { supportedLocales } from '../../../views/index.ts';
import type { IdentityAudit } from '../audit/index.ts';
import { audiencesFor } from '../claims/audiences.ts';
import { checkClients } from '../clients/check-clients.ts';
import type { ProvePasswordDeps } from '../password-grant/prove-password.ts';
import type { Records } from '../records.ts';
import type { OpenRegistration } from '../registration/open-registration.ts';
import { registrationUrl } from '../registration/registration-path.ts';
import { createClientAdapter, serveRegisteredClients } from '../registration/serve-registered-clients.ts';
import type { OpenSessions } from '../sessions/open-sessions.ts';
import { createAdapterFactory } from './adapter.ts';
import { correctAnswers } from './answers.ts';
import { type ConfigurationDeps, createConfiguration } from './configuration.ts';
import { endingNow } from './ending-now.ts';
import { recordEvents } from './events.ts';
import { acceptHintsForSeveral, shapeIdTokens } from './id-token-shape.ts';
import {
  acceptForeignAssertions,
  answerInQueryOnly,
  askUsedOnce,
  dateTokens,
  deriveSuccessors,
  type ForeignAssertions,
  rememberAnew,
  useGrantTypes,
  useKeys,
} from './internals.ts';
import { createIntrospection } from './introspect.ts';
import { recordSessions } from './record-sessions.ts';
import { useExactRedirectUris } from './redirect-uris.ts';
import { serveGrants } from './serve-grants.ts';
import { createSuccessors } from './successors.ts';
import type { UsedOnce } from './used-once.ts';

export interface OpenProviderDeps extends Omit<ConfigurationDeps, 'adapter' | 'locales'> {
  readonly issuer: string;
  readonly records: Records;
  readonly sessions: OpenSessions;
  readonly audit: IdentityAudit;
  readonly federated: ForeignAssertions;
  readonly signIn: ProvePasswordDeps['signIn'];
  readonly factors: ProvePasswordDeps['factors'];
  clientAddress(req: IncomingMessage): string;
  readonly isFirst: UsedOnce;
  /** Those that are served. */
  grantTypes(): readonly string[];
  /** Clients beside those that are configured. */
  readonly registration: Pick<OpenRegistration, 'isServed' | 'metadata' | 'used'>;
  /** Where a form's answer should go instead of straight to another origin. */
  leave(req: IncomingMessage, url: string): string;
}

/**
 * oidc-provider with everything that it is told and taught here.
 * @throws ClientConfigError
 */
export async function openProvider(deps: OpenProviderDeps): Promise<Provider> {
  const { records, sessions, keys, lifetimes, grantTypes, subjects, log, clientAddress, now } = deps;
  const successors = createSuccessors(keys.refresh, () => lifetimes.reuseInterval);
  const stored = createAdapterFactory({
    records: records.models,
    indexes: records.indexes,
    ended: sessions.ended,
    lifetimes,
    successors,
    now,
    accountEnds: sessions.accountEnds,
    endGrant: (id) => sessions.ending.endGrant(id, endingNow(clientAddress)),
  });
  const { registration } = deps;
  const adapter = (model: string) => (model === 'Client' ? createClientAdapter(registration) : stored(model));
  const provider = new Provider(
    deps.issuer,
    createConfiguration({ ...deps, adapter, locales: supportedLocales }),
  );
  serveRegisteredClients(provider, registration);
  const isEnded = async (sessionId: string) => (await sessions.ended.get(sessionId)) !== undefined;
  serveGrants(provider, {
    ...deps,
    polls: records.polls,
    ended: sessions.ended,
    passwords: { ...deps, ...sessions },
  });
  useGrantTypes(provider, grantTypes());
  followKeys(provider, keys);
  await checkClients(provider, deps.clients);
  useExactRedirectUris(provider);
  answerInQueryOnly(provider);
  dateTokens(provider, now);
  deriveSuccessors(provider, successors.of);
  askUsedOnce(provider, deps.isFirst);
  acceptForeignAssertions(provider, deps.federated);
  rememberAnew(provider);
  acceptHintsForSeveral(provider);
  shapeIdTokens(provider, {
    subjectOf: subjects.subjectOf,
    audiencesOf: (clientId, scope) => audiencesFor(clientId, scope.split(' ')),
  });
  correctAnswers(provider, {
    grantTypes,
    registrationUrl: () => (registration.isServed() ? registrationUrl(deps.issuer) : undefined),
    leave: deps.leave,
    introspect: createIntrospection(provider, { ...deps, isEnded }),
  });
  const isRegistered = async (id: string) => (await registration.metadata(id)) !== undefined;
  recordSessions(provider, { ...sessions, lifetimes, clientAddress, now, isRegistered });
  recordEvents(provider, { log, audit: deps.audit, clientAddress, now });
  return provider;
}

function followKeys(provider: Provider, keys: OpenProviderDeps['keys']): void {
  const take = () =>
    useKeys(provider, {
      signing: keys.signing(),
      published: keys.keySet().keys,
      cookies: keys.cookies(),
    });
  take();
  keys.onChange(take);
}
