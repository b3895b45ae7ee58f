import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createECKey, signToken } from '../../test/gateway/authenticate/sign-token.ts';
import { freePort } from './free-port.ts';
import { type Sallyport, startSallyport } from './sallyport.ts';

const RBAC = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: everybody }
subjects: [{ kind: Group, name: system:authenticated, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io }
`;

export interface AuditRecord {
  readonly auditID: string;
  readonly stage: string;
  readonly responseStatus?: { readonly code: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The product with its embedded API and with API servers of the test, for people whom a stub of an issuer vouches for. */
export interface Fronted {
  sallyport: Sallyport;
  /** PEM of the gateway's authority. */
  readonly ca: string;
  /** Where metrics are served. */
  readonly telemetry: string;
  token(person: string): string;
  /** The audit log's files as they lie on the disk, the oldest first: each was set aside at 1 MiB. */
  auditLogs(): string[];
  /** All of them. */
  auditText(): string;
  dispose(): Promise<void>;
}

export interface FrontedOptions {
  /** API servers by the name of the cluster that is made of each, with further lines of its target. */
  readonly servers: Readonly<Record<string, string>>;
  /** Whose requests are recorded with their bodies. */
  readonly recorded?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
}

/** Everybody may do everything; every request is audited at once, or refused. */
export async function startFronted({
  servers,
  recorded = 'nobody',
  files = {},
  env = process.env,
}: FrontedOptions): Promise<Fronted> {
  const key = createECKey('issuer');
  const issuer = createServer((request, response) => {
    const document = request.url === '/keys' ? { keys: [key.jwk] } : { issuer: url, jwks_uri: `${url}/keys` };
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const telemetry = `127.0.0.1:${await freePort()}`;
  const clusters = Object.entries(servers).map(
    ([name, target]) =>
      `    - { name: ${name}, rbac: { manifests: [rbac.yaml] }, target: { tokenFile: own-token, server: ${target} } }\n`,
  );
  const sallyport = await startSallyport(
    (config) =>
      config
        .replace(
          '  target: embedded\n',
          `  audit: { policyFile: audit.yaml, strict: true, log: { path: audit.log, durability: each, maxSizeMiB: 1 } }
  target: embedded
  clusters:
${clusters.join('')}`,
        )
        .replace('manifests: [demo/rbac]', 'manifests: [rbac.yaml]')
        .replace(
          'authenticationConfig: demo/authentication.yaml',
          'authenticationConfig: authentication.yaml',
        )
        .concat(`\ntelemetry: { http: '${telemetry}' }\nlogger: { level: info, format: json }\n`),
    {
      env,
      files: {
        'config/own-token': 'own-secret-token',
        'config/rbac.yaml': RBAC,
        'config/audit.yaml': `
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - { level: RequestResponse, users: [${recorded}], resources: [{ group: '', resources: [configmaps] }] }
  - { level: Metadata }
`,
        'config/authentication.yaml': `
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${url}', audiences: [kubernetes] }
    claimMappings: { username: { claim: sub, prefix: '' } }
`,
        ...files,
      },
    },
  );
  const fronted: Fronted = {
    sallyport,
    ca: readFileSync(join(sallyport.dataDir, 'ca.crt'), 'utf8'),
    telemetry: `http://${telemetry}`,
    token: (person) =>
      signToken(key, {
        iss: url,
        aud: 'kubernetes',
        sub: person,
        exp: Math.floor(Date.now() / 1000) + 3600,
      }),
    auditLogs: () =>
      readdirSync(join(sallyport.directory, 'config'))
        .filter((name) => /^audit.*\.log$/.test(name))
        // A time sorts before what has none.
        .sort()
        .map((name) => readFileSync(join(sallyport.directory, 'config', name), 'utf8')),
    auditText: () => fronted.auditLogs().join(''),
    async dispose() {
      await fronted.sallyport.dispose();
      issuer.closeAllConnections();
      issuer.close();
    },
  };
  return fronted;
}

/** @throws SyntaxError for a line that is no event */
export function readAuditRecords(text: string): AuditRecord[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
