import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { openKubeconfigTarget } from '../../../src/gateway/upstream/kubeconfig-target.ts';
import type { CredentialMode } from '../../../src/gateway/upstream/outbound-identity.ts';
import { folder } from '../../cli/support/folder.ts';
import { kubeconfig } from '../../cli/support/kubeconfig.ts';
import { closeServer, listenOn, recordingUpstream, serveGateway } from '../support/gateway.ts';

interface Options {
  readonly user?: object;
  readonly cluster?: object;
  readonly files?: Record<string, string>;
  readonly mode?: CredentialMode;
  readonly allowInsecure?: boolean;
  readonly path?: string;
}

async function gatewayTo(server: string, options: Options = {}) {
  const {
    user = { token: 'own' },
    cluster = {},
    files = {},
    mode = 'impersonate',
    allowInsecure = false,
  } = options;
  const path = folder({ ...files, config: kubeconfig(server, { ...user }, { ...cluster }) });
  const clock = { now: 0 };
  const warnings: string[] = [];
  const target = await openKubeconfigTarget({
    kubeconfig: join(path, 'config'),
    mode,
    allowInsecure,
    env: { PATH: process.env['PATH'] },
    now: () => clock.now,
    log: { warn: (_, message) => warnings.push(message) },
  });
  onTestFinished(() => target.close());
  const gateway = await serveGateway({ target });
  onTestFinished(gateway.close);
  return {
    ...gateway,
    clock,
    warnings,
    target,
    write: (name: string, text: string) => writeFileSync(join(path, name), text),
  };
}

async function upstream(...args: Parameters<typeof recordingUpstream>) {
  const served = await recordingUpstream(...args);
  onTestFinished(served.close);
  return served;
}

/** What the request said of who it is from, sorted. */
function identityOf(rawHeaders: readonly string[] = []): string[] {
  const found: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (/^(?:authorization|cookie|x-remote-|impersonate)/.test(name))
      found.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return found.sort();
}

const INBOUND = { authorization: 'Bearer callers', cookie: 'a=b', 'x-remote-user': 'root' };

describe('an API server of a kubeconfig', () => {
  it.each<[CredentialMode, string[]]>([
    [
      'impersonate',
      [
        'authorization: Bearer own',
        'impersonate-group: developers',
        'impersonate-group: system:authenticated',
        'impersonate-user: jane',
      ],
    ],
    ['passThrough', ['authorization: Bearer callers']],
    ['fixed', ['authorization: Bearer own']],
  ])('is asked as %s says', async (mode, identity) => {
    const api = await upstream();
    const { url } = await gatewayTo(api.url, { mode });
    expect((await fetch(`${url}/api/v1/pods`, { headers: INBOUND })).status).toBe(200);
    expect(identityOf(api.requests[0]?.rawHeaders)).toEqual(identity);
  });

  it('is not asked at all when a caller without a token should pass through', async () => {
    const api = await upstream();
    const { url } = await gatewayTo(api.url, { mode: 'passThrough' });
    expect((await fetch(`${url}/api/v1/pods`)).status).toBe(400);
    expect(api.requests).toEqual([]);
  });

  it('is asked below the path of its URL', async () => {
    const api = await upstream();
    const { url } = await gatewayTo(`${api.url}/k8s/clusters/c-1/`);
    await fetch(`${url}/api/v1/pods?limit=1`);
    expect(api.requests[0]?.url).toBe('/k8s/clusters/c-1/api/v1/pods?limit=1');
  });

  it("that does not take the gateway's credentials is no reason for the caller to sign in again", async () => {
    const api = await upstream(({ headers }) => ({
      status: headers.authorization === 'Bearer new' ? 200 : 401,
    }));
    const { url, warnings, write, clock } = await gatewayTo(api.url, {
      user: { tokenFile: 'token' },
      files: { token: 'old' },
    });
    for (const body of [undefined, 'x'.repeat(100_000)]) {
      const answer = await fetch(`${url}/api/v1/pods`, body === undefined ? {} : { method: 'POST', body });
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        kind: 'Status',
        message: "the API server does not take the gateway's credentials",
      });
    }
    expect(warnings).toHaveLength(2);
    write('token', 'new');
    clock.now += 10_000;
    while ((await fetch(`${url}/api/v1/pods`)).status !== 200);
  });

  it("says to a caller who passes through what it thinks of the caller's token", async () => {
    const api = await upstream(() => ({ status: 401 }));
    const { url } = await gatewayTo(api.url, { mode: 'passThrough' });
    expect((await fetch(`${url}/api`, { headers: INBOUND })).status).toBe(401);
  });

  it('whose plugin gives nothing any more is unavailable', async () => {
    const api = await upstream();
    const exec = { command: './plugin.sh', apiVersion: 'client.authentication.k8s.io/v1' };
    const status = { token: 'one', expirationTimestamp: '1970-01-01T00:01:00Z' };
    const credential = JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', status });
    const { url, clock, write } = await gatewayTo(api.url, {
      user: { exec },
      files: { 'plugin.sh': `#!/bin/sh\necho '${credential}'\n` },
    });
    expect((await fetch(`${url}/api`)).status).toBe(200);
    write('plugin.sh', '#!/bin/sh\nexit 1\n');
    clock.now += 70_000;
    expect((await fetch(`${url}/api`)).status).toBe(503);
    expect(api.requests).toHaveLength(1);
  });
});

describe('TLS to the API server', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  /** Answers with the client certificate's fingerprint. */
  async function tlsServer(names: string[]) {
    const ca = await createCertificateAuthority(new Date());
    const serving = await signServingCertificate(ca, names, new Date());
    const certificates: (string | undefined)[] = [];
    const server = createHttpsServer(
      {
        cert: serving.certificate,
        key: serving.privateKey,
        ca: ca.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request: IncomingMessage, response) => {
        certificates.push((request.socket as TLSSocket).getPeerCertificate().fingerprint256);
        response.end('{}');
      },
    );
    const port = await listenOn(server);
    onTestFinished(() => closeServer(server));
    return { url: `https://127.0.0.1:${port}`, ca, certificates };
  }

  it('needs the CA of the kubeconfig, and takes the name that it gives', async () => {
    const api = await tlsServer(['api.internal']);
    const trusted = { 'certificate-authority-data': base64(api.ca.certificate) };
    const status = async (cluster: object) =>
      (await fetch(`${(await gatewayTo(api.url, { cluster })).url}/api`)).status;
    expect(await status({ ...trusted, 'tls-server-name': 'api.internal' })).toBe(200);
    expect(await status(trusted)).toBe(503);
    expect(await status({ 'tls-server-name': 'api.internal' })).toBe(503);
  });

  it('carries the client certificate, the new one after a rotation; never for callers who pass through', async () => {
    const api = await tlsServer(['127.0.0.1']);
    const pairs = await Promise.all(
      [1, 2].map(() => signServingCertificate(api.ca, ['gateway'], new Date())),
    );
    const cluster = { 'certificate-authority-data': base64(api.ca.certificate) };
    const user = { 'client-certificate': 'cert', 'client-key': 'key' };
    const files = { cert: pairs[0]?.certificate ?? '', key: pairs[0]?.privateKey ?? '' };
    const { url, write, clock } = await gatewayTo(api.url, { user, cluster, files });
    await fetch(`${url}/api`);
    write('cert', pairs[1]?.certificate ?? '');
    write('key', pairs[1]?.privateKey ?? '');
    clock.now += 10_000;
    while (new Set(api.certificates).size < 2) expect((await fetch(`${url}/api`)).status).toBe(200);
    expect(api.certificates.every((certificate) => certificate !== undefined)).toBe(true);
    api.certificates.length = 0;
    const through = await gatewayTo(api.url, { user, cluster, files, mode: 'passThrough' });
    await fetch(`${through.url}/api`, { headers: INBOUND });
    expect(api.certificates).toEqual([undefined]);
  });

  it('that proves nothing is refused unless that is what is wanted', async () => {
    const api = await tlsServer(['other']);
    const cluster = { 'insecure-skip-tls-verify': true };
    await expect(gatewayTo(api.url, { cluster })).rejects.toThrow(
      /has insecure-skip-tls-verify: whoever is in between/,
    );
    await expect(gatewayTo('http://10.0.0.1:6443')).rejects.toThrow(/has a server URL without TLS/);
    const { url } = await gatewayTo(api.url, { cluster, allowInsecure: true });
    expect((await fetch(`${url}/api`)).status).toBe(200);
  });

  it('goes through the proxy of the kubeconfig', async () => {
    const api = await tlsServer(['127.0.0.1']);
    const tunnels: string[] = [];
    const proxy = createHttpServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const through = connect(Number(port), host ?? '', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      for (const end of [socket, through]) end.on('error', () => end.destroy());
    });
    const port = await listenOn(proxy);
    onTestFinished(() => void proxy.close());
    const cluster = {
      'certificate-authority-data': base64(api.ca.certificate),
      'proxy-url': `http://127.0.0.1:${port}`,
    };
    const { url } = await gatewayTo(api.url, { cluster });
    expect((await fetch(`${url}/api`)).status).toBe(200);
    expect(tunnels).toEqual([new URL(api.url).host]);
  });
});
