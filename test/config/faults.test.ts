import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';
import { deps, GATEWAY, MINIMAL } from './texts.ts';

const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';

/** The faults of a text, one line each. */
function faults(text: string): string[] {
  try {
    parseConfig(text, 'sallyport.yaml', deps);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('a fault of a configuration', () => {
  it.each([
    [
      'an unknown key',
      `${MINIMAL}isuer: x\n`,
      'sallyport.yaml:3:1: isuer: unknown key; did you mean issuer?',
    ],
    [
      'an unknown key deep inside',
      `${MINIMAL}logger: { levle: info }\n`,
      'sallyport.yaml:3:11: logger.levle: unknown key; did you mean level?',
    ],
    [
      'a wrong type',
      `${MINIMAL}enablePasswordDB: maybe\n`,
      'sallyport.yaml:3:19: enablePasswordDB: expected boolean, received string',
    ],
    ['a missing key', 'web: { http: 127.0.0.1:1 }\n', 'sallyport.yaml:1:1: issuer: missing; expected string'],
    [
      'a bad address',
      'issuer: https://a\nweb: { http: localhost }\n',
      'sallyport.yaml:2:14: web.http: expected host:port, for example 127.0.0.1:5556, got "localhost"',
    ],
    [
      'a reuse interval that is too long',
      `${MINIMAL}expiry: { refreshTokens: { reuseInterval: 6m } }\n`,
      'sallyport.yaml:3:43: expiry.refreshTokens.reuseInterval: expected at most 5m',
    ],
    [
      'a duration in words',
      `${MINIMAL}expiry: { idTokens: 1 day }\n`,
      'sallyport.yaml:3:21: expiry.idTokens: expected a duration such as 24h or 5m, got "1 day"',
    ],
    [
      'a Dex key that is not served',
      `${MINIMAL}grpc: { addr: 127.0.0.1:5557 }\n`,
      'sallyport.yaml:3:7: grpc: not served by this version: there is no gRPC API: use the REST admin API; remove the key',
    ],
    [
      'profiling',
      `${MINIMAL}telemetry: { enableProfiling: true }\n`,
      'sallyport.yaml:3:31: telemetry.enableProfiling: there is no profiling endpoint; set false or remove the key',
    ],
    [
      'PKCE that is neither on nor off',
      `${MINIMAL}oauth2: { pkce: { enforce: S256 } }\n`,
      'sallyport.yaml:3:28: oauth2.pkce.enforce: expected boolean, received string',
    ],
    [
      'passwords without their switch',
      `${MINIMAL}staticPasswords: [{ email: a, hash: ${HASH}, userID: c }]\n`,
      'sallyport.yaml:3:18: staticPasswords: static passwords need enablePasswordDB: true',
    ],
    [
      'a hash that is none',
      `${MINIMAL}staticPasswords: [{ email: a, hash: hunter2, userID: c }]\n`,
      /^sallyport\.yaml:3:37: staticPasswords\[0\]\.hash: expected a bcrypt hash of cost 10 to 16/,
    ],
    [
      'S-118: a hash that is too cheap',
      `${MINIMAL}staticPasswords: [{ email: a, hash: $2a$04$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q, userID: c }]\n`,
      /expected a bcrypt hash of cost 10 to 16/,
    ],
    [
      'a range that is none',
      'issuer: https://a\nweb: { http: 127.0.0.1:1, clientRemoteIP: { trustedProxies: [10.0.0.0/33] } }\n',
      'sallyport.yaml:2:62: web.clientRemoteIP.trustedProxies[0]: expected an address range such as 10.0.0.0/8',
    ],
    [
      'a secret that is not in the environment',
      `${MINIMAL}staticClients: [{ id: a, secretEnv: NONE, redirectURIs: ['https://a'] }]\n`,
      'sallyport.yaml:3:37: staticClients[0].secretEnv: environment variable NONE is not set',
    ],
    [
      'the pages of this server as a client',
      `${MINIMAL}staticClients: [{ id: sallyport-pages, public: true }]\n`,
      'sallyport.yaml:3:23: staticClients[0].id: sallyport-pages is what the pages of this server are called: choose another id',
    ],
    [
      'an audit trail that would not say what has happened',
      `${MINIMAL}audit: { log: { path: a }, excludeFields: [address, action] }\n`,
      'sallyport.yaml:3:53: audit.excludeFields[1]: expected a member that says who or where: actor, address, browser, client, detail, interaction, requestID, sid or subject',
    ],
    [
      'two clients of one id',
      `${MINIMAL}staticClients: [{ id: a, public: true }, { id: a, public: true }]\n`,
      'sallyport.yaml:3:48: staticClients[1].id: another client has the id a: choose another one, or remove one of them',
    ],
    [
      'a rule that is neither true nor false',
      `${MINIMAL}staticClients: [{ id: a, public: true, claimValidationRules: [{ expression: claims.email, message: No }] }]\n`,
      'sallyport.yaml:3:77: staticClients[0].claimValidationRules[0].expression: expected an expression that is true or false, such as claims.email_verified == true',
    ],
    [
      'S-003: a redirect URI that cannot be one',
      `${MINIMAL}staticClients: [{ id: a, public: true, redirectURIs: ['https://a/cb', 'https:b'] }]\n`,
      'sallyport.yaml:3:71: staticClients[0].redirectURIs[1]: https:b has no host behind //',
    ],
    [
      'S-003: where a sign-out cannot lead',
      `${MINIMAL}staticClients: [{ id: a, public: true, postLogoutRedirectURIs: ['https://*.a'] }]\n`,
      'sallyport.yaml:3:65: staticClients[0].postLogoutRedirectURIs[0]: https://*.a has a wildcard',
    ],
    [
      'two accounts of one userID',
      `${MINIMAL}enablePasswordDB: true\nstaticPasswords: [{ email: a, hash: ${HASH}, userID: c }, { email: b, hash: ${HASH}, userID: c }]\n`,
      'sallyport.yaml:4:200: staticPasswords[1].userID: another account has the userID c: give each its own',
    ],
    [
      'S-080: a group that the gateway takes from nobody',
      `${GATEWAY}enablePasswordDB: true\nstaticPasswords: [{ email: a, hash: ${HASH}, userID: c, groups: [ops, 'system:masters'] }]\n`,
      /staticPasswords\[0\]\.groups\[1\]: system:masters is a name of Kubernetes’ own, .*: bind another group$/,
    ],
    [
      'S-109: two accounts of one login',
      `${MINIMAL}enablePasswordDB: true\nstaticPasswords: [{ email: a, hash: ${HASH}, userID: c }, { email: b, preferredUsername: ' A', hash: ${HASH}, userID: d }]\n`,
      'sallyport.yaml:4:143: staticPasswords[1].preferredUsername: another account signs in as a, too',
    ],
    [
      'webhooks that would ask back who asks them',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: a, authorization: subjectAccessReview, webhooks: { authorization: true }, target: { kubeconfig: k } }] }\n`,
      /webhooks\.authorization answers by the policy/,
    ],
    [
      'a webhook that does not exist',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, webhooks: { authorisation: true } }\n`,
      /gateway\.webhooks\.authorisation: unknown key; did you mean authorization\?/,
    ],
    [
      'a delegated decision about the embedded API',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, authorization: subjectAccessReview }\n`,
      /^sallyport\.yaml:3:10: gateway: authorization: subjectAccessReview is for an API server/,
    ],
    [
      'two authorizers of one cluster',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: a, authorization: subjectAccessReview, rbac: { cluster: true }, target: { kubeconfig: k } }] }\n`,
      /leaves the decision to the API server: remove rbac/,
    ],
    [
      'filtered lists without a policy to ask',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: a, authorization: subjectAccessReview, filteredLists: true, target: { kubeconfig: k } }] }\n`,
      /filteredLists needs authorization: rbac/,
    ],
    [
      'access requests whose bindings nobody would see',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: a, accessRequests: {}, target: { kubeconfig: k } }] }\n`,
      /accessRequests needs the bindings that it makes to count: with rbac\.cluster: true/,
    ],
    [
      'access requests without an account that writes bindings',
      `${GATEWAY}  accessRequests: {}\n  rbac: { cluster: true }\n  target: { kubeconfig: k, mode: passThrough }\n`,
      /accessRequests writes role bindings as an account of the gateway/,
    ],
    [
      'two clusters of one name',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: a, target: { kubeconfig: k } }, { name: a, target: { kubeconfig: l } }] }\n`,
      /two clusters have the same name/,
    ],
    [
      'a cluster name that is none',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: "-", target: { kubeconfig: k } }] }\n`,
      'sallyport.yaml:3:76: gateway.clusters[0].name: expected a name of lower-case letters, digits and hyphens',
    ],
    [
      'the name that lists of all clusters have for the first one',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, clusters: [{ name: root, target: { kubeconfig: k } }] }\n`,
      'sallyport.yaml:3:76: gateway.clusters[0].name: root is what the cluster without a name is called in lists of all clusters: give this one another name',
    ],
    [
      'a token review of the embedded API',
      `${GATEWAY}  tokenReview: true\n`,
      'sallyport.yaml:6:16: gateway.tokenReview: is for an API server as target: the embedded one has no tokens of its own; remove the key, or name a target',
    ],
    [
      'a token review without audiences',
      `${GATEWAY}  target: { server: 'https://a', tokenFile: t }\n  tokenReview: { audiences: [] }\n`,
      /^sallyport\.yaml:7:\d+: gateway\.tokenReview/,
    ],
    [
      'client certificates that could not be passed on',
      `${GATEWAY}  clientCA: ca.crt\n  target: { kubeconfig: k, mode: passThrough }\n`,
      'sallyport.yaml:6:13: gateway.clientCA: a certificate cannot be passed on to the API server: remove the key, or use target.mode impersonate',
    ],
    [
      'client certificates that could not be passed on to one of the clusters',
      `${GATEWAY}  clientCA: ca.crt\n  clusters: [{ name: a, target: { kubeconfig: k, mode: passThrough } }]\n`,
      /^sallyport\.yaml:6:13: gateway\.clientCA: a certificate cannot be passed on/,
    ],
    [
      'an expression that does not compile',
      `${MINIMAL}staticClients:\n  - id: a\n    public: true\n    claimMappings:\n      - { claim: team, expression: "clams.email" }\n`,
      "sallyport.yaml:7:36: staticClients[0].claimMappings[0].expression: CEL, at 1:1 of the expression: undeclared reference to 'clams' (in container '')",
    ],
    [
      'a claim that nobody may set',
      `${MINIMAL}staticClients: [{ id: a, public: true, claimMappings: [{ claim: sub, expression: "1" }] }]\n`,
      'sallyport.yaml:3:65: staticClients[0].claimMappings[0].claim: this claim says who issued the token, for whom and how: it cannot be set',
    ],
    [
      'a pattern that RE2 does not take',
      `${MINIMAL}staticClients: [{ id: a, public: true, groupFilter: { pattern: "(?=a)" } }]\n`,
      /^sallyport\.yaml:3:\d+: staticClients\[0\]\.groupFilter/,
    ],
    [
      'a client for nobody',
      `${MINIMAL}staticClients: [{ id: a, public: true, allowedGroups: [] }]\n`,
      'sallyport.yaml:3:55: staticClients[0].allowedGroups: expected at least one group; to let in everybody, remove the key',
    ],
    ['a duplicate key', `${MINIMAL}issuer: https://b\n`, 'sallyport.yaml:3:1: Map keys must be unique'],
    ['broken YAML', 'issuer: "https://a\nweb: {\n', /^sallyport\.yaml:\d+:\d+: /],
    [
      'an audit without a backend',
      `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, audit: { policyFile: p } }\n`,
      'sallyport.yaml:3:64: gateway.audit: expected log or webhook',
    ],
    [
      'a trail of the identity provider without a place to go to',
      `${MINIMAL}audit: { strict: true }\n`,
      'sallyport.yaml:3:8: audit: expected log or webhook',
    ],
  ])('says where %s stands and what was expected', (_what, text, expected) => {
    const [first] = faults(text);
    if (expected instanceof RegExp) expect(first).toMatch(expected);
    else expect(first).toBe(expected);
  });

  it('names every fault at once', () => {
    expect(faults('web: { http: 1 }\nlogger: { level: loud }\n')).toHaveLength(3);
  });

  it('shows no secret in an error', () => {
    expect(
      faults(`${MINIMAL}staticClients: [{ id: a, secret: hunter2, redirectURIs: 5 }]\n`).join(),
    ).not.toContain('hunter2');
  });
});
