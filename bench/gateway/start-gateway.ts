import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { collect } from '../../e2e/support/collect.ts';
import { freePort } from '../../e2e/support/free-port.ts';
import { onOtherCore } from '../cores.ts';
import { product } from '../product.ts';
import { tellingMemory } from './left-memory.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A started gateway with everything on: tokens of a foreign issuer, RBAC, audit, metrics. */
export interface StartedGateway {
  readonly directory: string;
  readonly pid: number;
  readonly origin: string;
  readonly metrics: string;
  readonly token: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Files of the serving certificate, for the peers. */
  readonly certificate: string;
  readonly key: string;
  /** File with the issuer's public key. */
  readonly publicKey: string;
  /** Starts another program on the core of the one that is measured; resolves when it says that it is ready. */
  start(program: string, ...args: string[]): Promise<number>;
  /** A program that is ready when its port answers. */
  startServer(command: string, ...args: string[]): number;
  /** MiB that are left when all garbage has been collected. Only of one that was started for it. */
  leftMiB(): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param upstream origin of the API server behind it; the embedded API when undefined
 * @param tellsMemory it can be asked for `leftMiB`
 */
export async function startGateway(
  upstream: string | undefined,
  { tellsMemory = false } = {},
): Promise<StartedGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const memory = tellingMemory(directory);
  const children: ChildProcess[] = [];
  const launch = (command: string, args: readonly string[], env = process.env) => {
    const [program = '', ...rest] = [...onOtherCore(), command, ...args];
    const child = spawn(program, rest, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const start = async (args: readonly string[], env = process.env) => {
    const child = launch(process.execPath, args, env);
    await collect(child).until(/Sallyport is ready/);
    return child.pid ?? 0;
  };
  const issuer = await startIssuer();
  const [door = 0, port = 0, telemetry = 0] = await Promise.all([1, 2, 3].map(freePort));
  await writeConfiguration(directory, { upstream, door, port, telemetry, issuerUrl: issuer.url });
  const publicKey = join(directory, 'issuer.pem');
  await writeFile(publicKey, issuer.publicKey);
  const pid = await start(
    [join(product(), 'bin/sallyport.js'), 'start', '--config', 'bench.yaml', '--data', 'data'],
    tellsMemory ? memory.env : process.env,
  );
  return {
    directory,
    pid,
    origin: `https://127.0.0.1:${port}`,
    metrics: `http://127.0.0.1:${telemetry}/metrics`,
    token: await issuer.token(),
    certificateAuthority: await readFile(join(directory, 'data/ca.crt'), 'utf8'),
    certificate: join(directory, 'data/gateway.crt'),
    key: join(directory, 'data/gateway.key'),
    publicKey,
    start: (program, ...args) => start([join(ROOT, program), ...args]),
    startServer: (command, ...args) => launch(command, args).pid ?? 0,
    leftMiB: () => memory.leftMiB(pid),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      issuer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A small issuer of our own, so that the gateway's token path is the one for foreign issuers. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = createServer((request, response) => {
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(isDiscovery ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [jwk] }));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    url,
    publicKey: await exportSPKI(publicKey),
    token: () =>
      new SignJWT({ preferred_username: 'jane', groups: ['developers', 'a', 'b', 'c'] })
        .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
        .setIssuer(url)
        .setAudience('kubectl')
        .setSubject('jane')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Places {
  readonly upstream: string | undefined;
  readonly door: number;
  readonly port: number;
  readonly telemetry: number;
  readonly issuerUrl: string;
}

async function writeConfiguration(directory: string, places: Places): Promise<void> {
  const { upstream, door, port, telemetry, issuerUrl } = places;
  await mkdir(join(directory, 'rbac'));
  await writeFile(join(directory, 'token'), 'gateway-own-credential\n', { mode: 0o600 });
  await writeFile(
    join(directory, 'bench.yaml'),
    `issuer: http://127.0.0.1:${door}
storage: { type: memory }
web: { http: '127.0.0.1:${door}' }
telemetry: { http: '127.0.0.1:${telemetry}' }
gateway:
  https: 127.0.0.1:${port}
  authenticationConfig: authentication.yaml
  rbac: { manifests: [rbac] }
  target: ${upstream === undefined ? 'embedded' : `{ server: '${upstream}', tokenFile: token }`}
  audit: { policyFile: audit.yaml, log: { path: audit.log } }
  limits: { streamsPerUser: 100000 }
`,
  );
  await writeFile(
    join(directory, 'audit.yaml'),
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Metadata }]\n',
  );
  await writeFile(
    join(directory, 'authentication.yaml'),
    `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${issuerUrl}', audiences: [kubectl] }
    claimMappings:
      username: { claim: preferred_username, prefix: '' }
      groups: { claim: groups, prefix: '' }
`,
  );
  const binding = await readFile(join(ROOT, 'config/demo/rbac/developers.yaml'), 'utf8');
  await writeFile(
    join(directory, 'rbac/developers.yaml'),
    binding.replaceAll('namespace: dev', 'namespace: default'),
  );
}
