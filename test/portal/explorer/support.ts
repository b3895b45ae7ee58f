import {
  createAccessExplorer,
  createOwnAccess,
  createPolicySurvey,
  createRecentDenials,
  createReloadableAuthenticator,
  type OwnAccess,
} from '../../../src/gateway/index.ts';
import type { Attributes } from '../../../src/kube/index.ts';
import {
  createPolicy,
  defaultPolicyObjects,
  type Policy,
  type PolicyObject,
} from '../../../src/rbac/index.ts';
import type { Door } from '../../identity/support/door.ts';

export interface OpenedAccess {
  readonly access: OwnAccess;
  readonly policy: Policy;
  /** Decides as for a request that the gateway has got. */
  request(attributes: Attributes): void;
}

/** What one cluster of a gateway decides by, where people are known by their usernames. */
export function openAccess(door: Door, objects: readonly PolicyObject[]): OpenedAccess {
  const policy = createPolicy();
  for (const object of [...defaultPolicyObjects(), ...objects]) policy.put('cluster', object);
  const { authorize } = policy;
  const denials = createRecentDenials(Date.now);
  return {
    policy,
    request(attributes) {
      if (authorize(attributes).decision !== 'allow') denials.note(attributes);
    },
    access: createOwnAccess({
      userOf: createReloadableAuthenticator({
        load: () => ({
          file: 'authentication.yaml',
          text: `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer: { url: '${door.issuer}', audiences: [kubectl] }
  claimMappings:
    username: { claim: preferred_username, prefix: '' }
    groups: { claim: groups, prefix: '' }
`,
        }),
        builtIn: { issuer: door.issuer, jwks: () => door.identity.jwks() },
        now: Date.now,
        log: { warn: () => {} },
      }).userOf,
      authorize,
      policy,
      explainRefusal: undefined,
      explorer: createAccessExplorer({
        policy,
        authorize,
        denials,
        survey: createPolicySurvey({
          policy,
          files: { appliedAt: () => 0, upToDate: () => true },
          clusterAge: () => 3_000,
          now: Date.now,
        }),
      }),
    }),
  };
}
