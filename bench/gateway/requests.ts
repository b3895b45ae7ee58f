import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../e2e/support/free-port.ts';
import { findLoadPrograms, type Load, type LoadResult, runLoad } from './load.ts';
import { type StartedGateway, startGateway } from './start-gateway.ts';
import { startUpstream, untilListening } from './upstream.ts';

/**
 * Alternating, since a shared machine is faster and slower by the minute; and seconds long, since a process that has waited
 * for the others has given memory back, and new connections begin with a handshake: what a second's run mostly shows.
 */
const ROUNDS = 5;
const REQUESTS = 30_000;
const WARM_UP = 60_000;

export interface RequestsRow {
  readonly name: string;
  /** A round each, in the order in which they ran. */
  readonly rounds: readonly LoadResult[];
}

/**
 * The whole gateway (TLS, token, RBAC, audit, metrics, impersonation headers, forward) beside hops that check nothing, with
 * the same certificate, upstream and load, in alternating rounds on one core.
 */
export async function measureRequests(): Promise<RequestsRow[]> {
  await findLoadPrograms();
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream.origin);
  // Of its own: what has served both protocols is compiled for both, and a little slower in either.
  const overHttp2 = await startGateway(upstream.origin);
  try {
    const contenders = await startContenders(gateway, overHttp2, upstream.port);
    // Until the machine code is made: half of what a short run sees would be the compiler.
    for (const { load } of contenders) await runLoad({ ...load, requests: WARM_UP });
    const results = new Map<string, LoadResult[]>(contenders.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, load } of contenders) {
        results.get(name)?.push(await runLoad(load));
      }
    }
    return [...results].map(([name, rounds]) => ({ name, rounds }));
  } finally {
    await gateway.close();
    await overHttp2.close();
    upstream.close();
  }
}

interface Contender {
  readonly name: string;
  readonly load: Load;
}

async function startContenders(
  gateway: StartedGateway,
  overHttp2: StartedGateway,
  upstreamPort: number,
): Promise<Contender[]> {
  const common = {
    path: '/api/v1/namespaces/default/pods/web-0',
    headers: { authorization: `Bearer ${gateway.token}`, accept: 'application/json' },
    certificateAuthority: gateway.certificateAuthority,
    connections: 64,
    requests: REQUESTS,
    protocol: 'http/1.1' as const,
  };
  const peer = async (name: string, program: string, ...more: string[]): Promise<Contender> => {
    const port = await freePort();
    const { certificate, key } = gateway;
    const pid = await gateway.start(program, certificate, key, String(upstreamPort), String(port), ...more);
    return { name, load: { ...common, origin: `https://127.0.0.1:${port}`, pids: [pid] } };
  };
  const ours = (started: StartedGateway): Load => ({
    ...common,
    headers: { ...common.headers, authorization: `Bearer ${started.token}` },
    certificateAuthority: started.certificateAuthority,
    origin: started.origin,
    pids: [started.pid],
  });
  return [
    await peer('undici dispatch, no check', 'bench/peers/bare-dispatch.ts'),
    await peer('node:http hop, no check', 'bench/peers/bare-hop.ts'),
    await peer('http-proxy-3 + jose', 'bench/peers/http-proxy.ts', gateway.publicKey),
    ...(await startNginx(gateway, upstreamPort, common)),
    { name: 'gateway', load: ours(gateway) },
    // As client-go uses it: many requests share a connection. The row after it shares nothing, for comparison.
    { name: 'gateway, HTTP/2', load: { ...ours(overHttp2), protocol: 'h2', connections: 8, streams: 8 } },
    { name: 'gateway, HTTP/2, a stream a connection', load: { ...ours(overHttp2), protocol: 'h2' } },
  ];
}

/** The native limit, where nginx is installed. */
async function startNginx(
  gateway: StartedGateway,
  upstreamPort: number,
  common: Omit<Load, 'origin' | 'pids'>,
): Promise<Contender[]> {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    console.log('nginx is not installed: its row is missing');
    return [];
  }
  const port = await freePort();
  const file = join(gateway.directory, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; master_process off; pid ${gateway.directory}/nginx.pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  upstream api { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${gateway.certificate};
    ssl_certificate_key ${gateway.key};
    keepalive_requests 1000000;
    location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ''; }
  }
}
`,
  );
  const pid = gateway.startServer('nginx', '-c', file, '-p', gateway.directory);
  await untilListening(port);
  return [
    { name: 'nginx proxy_pass', load: { ...common, origin: `https://127.0.0.1:${port}`, pids: [pid] } },
  ];
}
