import type { Account } from '../accounts/accounts.ts';
import type { ClientConfigs } from '../clients/client-configs.ts';
import { audiencesFor, type Trust, untrustedScopes } from './audiences.ts';
import { admissionRefusal, type ClientClaims, clientClaims, type Refusal } from './client-claims.ts';
import { type ClientPolicy, type ClientPolicyConfig, createClientPolicy } from './client-policy.ts';
import { commonGroups } from './common-groups.ts';
import type { Subjects } from './subjects.ts';

/** The policies of all clients: every way to a token asks here. */
export interface ClientPolicies extends Trust {
  /**
   * What a client is told of an account.
   * @param scopes those asked for: a token for several clients needs the leave of each, and names no group that one of them is
   *   not told of
   */
  judge(
    account: Account,
    clientId: string,
    scopes: Iterable<string>,
  ): ClientClaims | { readonly refusal: Refusal };
  /**
   * Has the clients that the scopes ask tokens for be judged as they are in the store by now; undefined when there is none but the
   * one that asks.
   */
  freshen(clientId: string, scopes: Iterable<string>): Promise<void> | undefined;
  /** Whether people of a connector may sign in to a client, and to those besides that its tokens are for. */
  allowsConnector(connector: string, clientId: string, scopes: Iterable<string>): boolean;
}

const nothingDecided = createClientPolicy({});

/** Expressions are compiled once. */
const compiled = new WeakMap<ClientPolicyConfig, ClientPolicy>();

/** @throws ClientPolicyError */
export function policyOf(client: ClientPolicyConfig): ClientPolicy {
  const policy = compiled.get(client) ?? createClientPolicy(client);
  compiled.set(client, policy);
  return policy;
}

/** Throws ClientPolicyError where a client's policy does not hold water: what is configured has been looked at before. */
export function createClientPolicies(
  clients: Pick<ClientConfigs, 'of' | 'freshen'>,
  subjects: Subjects,
): ClientPolicies {
  const named = (id: string) => {
    const client = clients.of(id);
    return { id, policy: client === undefined ? nothingDecided : policyOf(client) };
  };
  const policiesOfAll = {
    trusts: (peerId: string, clientId: string) =>
      peerId === clientId || clients.of(peerId)?.trustedPeers?.includes(clientId) === true,
  };
  return {
    ...policiesOfAll,
    freshen(clientId, scopes) {
      const peers = audiencesFor(clientId, scopes).filter((id) => id !== clientId);
      return peers.length === 0 ? undefined : clients.freshen(peers);
    },
    allowsConnector: (connector, clientId, scopes) =>
      audiencesFor(clientId, scopes).every((audience) => named(audience).policy.allowsConnector(connector)),
    judge(account, clientId, scopes) {
      const asked = [...scopes];
      const [untrusted] = untrustedScopes(clientId, asked, policiesOfAll);
      if (untrusted !== undefined)
        return { refusal: { reason: 'audience', client: clientId, scope: untrusted } };
      for (const audience of audiencesFor(clientId, asked)) {
        const refusal = admissionRefusal(account, named(audience), subjects);
        if (refusal !== undefined) return { refusal };
      }
      const told = clientClaims(account, named(clientId), subjects);
      if (told.refusal !== undefined) return told;
      const others: ClientClaims[] = [];
      for (const audience of audiencesFor(clientId, asked)) {
        if (audience === clientId) continue;
        const other = clientClaims(account, named(audience), subjects);
        if (other.refusal !== undefined) return other;
        others.push(other);
      }
      return { ...told, within: (granted) => commonGroups(told.within(granted), others) };
    },
  };
}
