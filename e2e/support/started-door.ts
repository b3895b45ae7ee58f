import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SecureContextOptions } from 'node:tls';
import type { UserInfo } from '../../src/kube/index.ts';
import { createECKey, signToken } from '../../test/gateway/authenticate/sign-token.ts';
import { type Caller, clearRbac, type Door, type DoorOptions } from '../../test/gateway/recorded/door.ts';
import { type Connect, openHttp2, overHttp1, type WireRequest } from '../../test/gateway/recorded/wire.ts';
import { issue, issueAuthority } from '../../test/gateway/support/client-certificates.ts';
import { startSallyport } from './sallyport.ts';
import { serveKeys } from './serve-keys.ts';

/** Keys of extra that the recordings' callers have and a mapping may name. */
const EXTRA = ['acme.com/project', 'acme.com/x'];
const MASTERS = 'system:masters';
/** The attribute of a certificate's subject that Kubernetes reads the UID from. */
const UID = '1.3.6.1.4.1.57683.2';
const AUTHENTICATED = 'system:authenticated';
/** A caller whose token is none. */
const BAD_TOKEN = 'x.y.z';

const authenticationConfiguration = (issuer: string) => `
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous: { enabled: true }
jwt:
  - issuer: { url: '${issuer}', audiences: [kubectl] }
    claimMappings:
      username: { claim: name, prefix: '' }
      groups: { claim: groups, prefix: '' }
      uid: { claim: uid }
      extra:
${EXTRA.map((key, index) => `        - { key: ${key}, valueExpression: claims.extra${index} }`).join('\n')}
`;

/** Whether somebody can have a token. A key of extra without a domain is one that only a front proxy can say. */
export function canHaveToken(caller: Caller): boolean {
  return typeof caller === 'string' || Object.keys(caller.extra ?? {}).every((key) => EXTRA.includes(key));
}

/**
 * The started product as a client sees it, over TLS: callers have real tokens of an issuer of the test, superusers a client
 * certificate. The policy is a manifest; of the embedded API's own roles none is left.
 */
export async function openStartedDoor({ rules, namespaces, constrained = true }: DoorOptions): Promise<Door> {
  const key = createECKey('issuer');
  const [issuer, authority] = await Promise.all([serveKeys([key.jwk]), issueAuthority('clients')]);
  const admin = await issue(
    [
      ['O', MASTERS],
      ['CN', 'admin'],
      [UID, 'uid-admin'],
    ],
    { by: authority },
  );
  const sallyport = await startSallyport(
    (config) =>
      config
        .replace(
          'manifests: [demo/rbac]',
          rules.length === 0 ? 'manifests: []' : 'manifests: [recorded.yaml]',
        )
        .replace(
          '  target: embedded\n',
          `  clientCA: clients.crt\n  explainRefusals: false\n  constrainedImpersonation: ${constrained}\n$&`,
        )
        .replace('namespaces: [dev]', `namespaces: [${namespaces.join(', ')}]`),
    {
      files: {
        'config/clients.crt': authority.cert,
        'config/demo/authentication.yaml': authenticationConfiguration(issuer.url),
        // JSON is YAML.
        'config/recorded.yaml': rules.map((object) => JSON.stringify(object)).join('\n---\n'),
      },
    },
  );
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'), 'utf8');
  const port = Number(new URL(sallyport.gateway).port);
  const superuser = { ca, cert: admin.cert, key: admin.key };
  const connecting =
    (tls: SecureContextOptions): Connect =>
    () =>
      connect({ host: '127.0.0.1', port, ALPNProtocols: ['http/1.1'], ...tls });
  const [client, superClient] = [openHttp2(port, { ca }), openHttp2(port, superuser)];

  const tokens = new Map<string, string>();
  function tokenOf(user: UserInfo): string {
    const known = tokens.get(JSON.stringify(user));
    if (known !== undefined) return known;
    const { username, uid = '', groups, extra = {} } = user;
    const claims = {
      iss: issuer.url,
      sub: username,
      aud: 'kubectl',
      exp: Math.floor(Date.now() / 1000) + 3600,
      name: username,
      uid,
      groups: groups.filter((group) => group !== AUTHENTICATED),
      ...Object.fromEntries(EXTRA.map((name, index) => [`extra${index}`, extra[name] ?? []])),
    };
    const token = signToken(key, claims);
    tokens.set(JSON.stringify(user), token);
    return token;
  }

  let caller: Caller | typeof MASTERS = MASTERS;
  function withCredentials(request: WireRequest): WireRequest {
    if (caller === 'anonymous' || caller === MASTERS) return request;
    const token = caller === 'refused' ? BAD_TOKEN : tokenOf(caller);
    return { ...request, headers: [...(request.headers ?? []), ['Authorization', `Bearer ${token}`]] };
  }
  async function asSuperuser(request: WireRequest) {
    return superClient.ask(request);
  }
  const door: Door = {
    http1: (request) =>
      overHttp1(connecting(caller === MASTERS ? superuser : { ca }), withCredentials(request)),
    http2: (request) => (caller === MASTERS ? superClient : client).ask(withCredentials(request)),
    asks(next) {
      const isMaster = typeof next === 'object' && next.groups.includes(MASTERS);
      caller = isMaster ? MASTERS : next;
    },
    async prepare(method, target, object) {
      const headers = [['Content-Type', 'application/json']] as const;
      const body = object === undefined ? {} : { headers, body: JSON.stringify(object) };
      const answer = await asSuperuser({ method, target, ...body });
      if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    },
    read: async (target) => (await asSuperuser({ method: 'GET', target })).body,
    async close() {
      client.close();
      superClient.close();
      await sallyport.dispose();
      issuer.close();
    },
  };
  await clearRbac(door);
  return door;
}
