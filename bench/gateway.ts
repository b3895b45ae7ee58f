import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { collect, freePort } from '../e2e/support/sallyport.ts';
import { type LoadResult, runLoad } from './load.ts';
import { median } from './median.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ROUNDS = 5;
const REQUESTS = 10_000;

export interface GatewayRow {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly cpuPer10k: number;
}

/**
 * The whole gateway (TLS, token, RBAC, impersonation headers, forward) beside a bare node:https → node:http hop with the
 * same certificate, upstream and load, in alternating rounds.
 */
export async function measureGateway(): Promise<GatewayRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const children: ChildProcess[] = [];
  const start = async (...args: string[]) => {
    const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    await collect(child).until(/Sallyport is ready/);
    return child.pid ?? 0;
  };
  const issuer = await startIssuer();
  try {
    const [upstreamPort, doorPort, gatewayPort, hopPort] = await Promise.all([1, 2, 3, 4].map(freePort));
    await writeConfiguration(directory, { upstreamPort, doorPort, gatewayPort, issuerUrl: issuer.url });
    await start(join(ROOT, 'bench/constant-upstream.ts'), String(upstreamPort));
    const gatewayPid = await start(
      join(ROOT, 'src/main.ts'),
      'start',
      '--config',
      'bench.yaml',
      '--data',
      'data',
    );
    const certificate = join(directory, 'data/gateway.crt');
    const key = join(directory, 'data/gateway.key');
    const hopPid = await start(
      join(ROOT, 'bench/bare-hop.ts'),
      certificate,
      key,
      String(upstreamPort),
      String(hopPort),
    );
    const common = {
      path: '/api/v1/namespaces/default/pods/web-0',
      headers: { authorization: `Bearer ${await issuer.token()}`, accept: 'application/json' },
      certificateAuthority: await readFile(join(directory, 'data/ca.crt'), 'utf8'),
      connections: 32,
    };
    const hop = { ...common, origin: `https://127.0.0.1:${hopPort}`, pid: hopPid };
    const gateway = { ...common, origin: `https://127.0.0.1:${gatewayPort}`, pid: gatewayPid };
    for (const load of [hop, gateway]) await runLoad({ ...load, requests: REQUESTS / 2 });
    const results: { hop: LoadResult; gateway: LoadResult }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      results.push({
        hop: await runLoad({ ...hop, requests: REQUESTS }),
        gateway: await runLoad({ ...gateway, requests: REQUESTS }),
      });
    }
    return [
      summarise(
        'bare node:https hop',
        results.map((r) => r.hop),
      ),
      summarise(
        'gateway',
        results.map((r) => r.gateway),
      ),
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    issuer.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function summarise(name: string, results: readonly LoadResult[]): GatewayRow {
  return {
    name,
    requestsPerSecond: median(results.map((result) => result.requestsPerSecond)),
    cpuPer10k: median(results.map((result) => result.cpuPer10k)),
  };
}

/** A small issuer of our own, so that the gateway's token path is the one for foreign issuers. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
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
  readonly upstreamPort: number | undefined;
  readonly doorPort: number | undefined;
  readonly gatewayPort: number | undefined;
  readonly issuerUrl: string;
}

async function writeConfiguration(directory: string, places: Places): Promise<void> {
  await mkdir(join(directory, 'rbac'));
  await writeFile(join(directory, 'token'), 'gateway-own-credential\n', { mode: 0o600 });
  await writeFile(
    join(directory, 'bench.yaml'),
    `issuer: http://127.0.0.1:${places.doorPort}
storage: { type: memory }
web: { http: '127.0.0.1:${places.doorPort}' }
gateway:
  https: 127.0.0.1:${places.gatewayPort}
  authenticationConfig: authentication.yaml
  rbac: { manifests: [rbac] }
  target: { server: 'http://127.0.0.1:${places.upstreamPort}', tokenFile: token }
`,
  );
  await writeFile(
    join(directory, 'authentication.yaml'),
    `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${places.issuerUrl}', audiences: [kubectl] }
    claimMappings:
      username: { claim: preferred_username, prefix: '' }
      groups: { claim: groups, prefix: '' }
`,
  );
  await writeFile(
    join(directory, 'rbac/developers.yaml'),
    await readFile(join(ROOT, 'config/demo/rbac/developers.yaml'), 'utf8').then((text) =>
      text.replace('namespace: dev', 'namespace: default'),
    ),
  );
}
