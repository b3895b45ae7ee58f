import type { Account } from '../accounts/accounts.ts';
import { audiencesFor, type Trust, untrustedScopes } from './audiences.ts';
import { admissionRefusal, type ClientClaims, clientClaims, type Refusal } from './client-claims.ts';
import { type ClientPolicyConfig, createClientPolicy } from './client-policy.ts';
import { commonGroups } from './common-groups.ts';
import type { Subjects } from './subjects.ts';

export interface PolicyClient extends ClientPolicyConfig {
  readonly id: string;
  /** Clients that may ask for tokens for this one. */
  readonly trustedPeers?: readonly string[] | undefined;
}

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
  /** Claims that no scope stands for. */
  readonly ownClaims: readonly string[];
}

/** The same, to be replaced as a whole while they are in use. */
export function replaceablePolicies(
  first: ClientPolicies,
): ClientPolicies & { replace(next: ClientPolicies): void } {
  let current = first;
  return {
    trusts: (peerId, clientId) => current.trusts(peerId, clientId),
    judge: (account, clientId, scopes) => current.judge(account, clientId, scopes),
    get ownClaims() {
      return current.ownClaims;
    },
    replace(next) {
      current = next;
    },
  };
}

const nothingDecided = createClientPolicy({});

/** @throws ClientPolicyError */
export function createClientPolicies(clients: readonly PolicyClient[], subjects: Subjects): ClientPolicies {
  const policies = new Map(clients.map((client) => [client.id, createClientPolicy(client)]));
  const trusted = new Map(clients.map(({ id, trustedPeers = [] }) => [id, new Set(trustedPeers)]));
  const named = (id: string) => ({ id, policy: policies.get(id) ?? nothingDecided });
  const policiesOfAll = {
    trusts: (peerId: string, clientId: string) =>
      peerId === clientId || trusted.get(peerId)?.has(clientId) === true,
  };
  return {
    ...policiesOfAll,
    ownClaims: [...policies.values()].flatMap(({ mappings }) => mappings.map(({ claim }) => claim)),
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
