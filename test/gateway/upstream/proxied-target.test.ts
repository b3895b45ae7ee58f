import { once } from 'node:events';
import { createServer as createHttpServer, get, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { openKubeconfigTarget } from '../../../src/gateway/upstream/kubeconfig-target.ts';
import { folder } from '../../cli/support/folder.ts';
import { kubeconfig } from '../../cli/support/kubeconfig.ts';
import { closeServer, listenOn, serveGateway } from '../support/gateway.ts';

let ca: string;
let tls: { cert: string; key: string };

beforeAll(async () => {
  const authority = await createCertificateAuthority(new Date());
  const serving = await signServingCertificate(authority, ['127.0.0.1'], new Date());
  ca = authority.certificate;
  tls = { cert: serving.certificate, key: serving.privateKey };
});

/** A proxy that carries CONNECT, and what it was asked. */
async function proxyServer(answer = 'HTTP/1.1 200 OK\r\n\r\n') {
  const asked: IncomingMessage[] = [];
  const tunnels: Socket[] = [];
  const server = createHttpServer().on('connect', (request, socket) => {
    asked.push(request);
    tunnels.push(socket as Socket);
    socket.on('error', () => {});
    if (!answer.includes(' 200 ')) return void socket.end(answer);
    const [host, port] = (request.url ?? '').split(':');
    const through = connect(Number(port), host ?? '', () => {
      socket.write(answer);
      socket.pipe(through).pipe(socket);
    });
    through.on('error', () => socket.destroy());
  });
  const port = await listenOn(server);
  onTestFinished(() => {
    for (const socket of tunnels) socket.destroy();
    return closeServer(server);
  });
  return { port, asked, tunnels };
}

/** A gateway before an API server that only a proxy reaches. */
async function proxied(server: string, proxyUrl: string) {
  const cluster = {
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
    'proxy-url': proxyUrl,
  };
  const path = folder({ config: kubeconfig(server, { token: 'own' }, cluster) });
  const target = await openKubeconfigTarget({
    kubeconfig: join(path, 'config'),
    mode: 'impersonate',
    env: {},
    now: () => 0,
    log: { warn() {} },
  });
  onTestFinished(() => target.close());
  const gateway = await serveGateway({ target });
  onTestFinished(async () => void (await gateway.close()));
  return gateway;
}

async function apiServer() {
  const seen: { rawHeaders: string[]; connection: unknown }[] = [];
  const server = createHttpsServer(tls, ({ rawHeaders, socket }, response) => {
    seen.push({ rawHeaders, connection: socket });
    response.end('{}');
  });
  const port = await listenOn(server);
  onTestFinished(() => closeServer(server));
  return { url: `https://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, seen };
}

describe('an API server behind a proxy', () => {
  it('hears of every group, over a connection that is kept', async () => {
    const api = await apiServer();
    const proxy = await proxyServer();
    const { url } = await proxied(api.url, `http://me:pass%20word@127.0.0.1:${proxy.port}`);
    for (let n = 0; n < 2; n += 1) expect((await fetch(`${url}/api`)).status).toBe(200);
    for (const { rawHeaders } of api.seen) {
      const groups = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === 'impersonate-group');
      expect(groups).toEqual(['developers', 'system:authenticated']);
    }
    expect(new Set(api.seen.map(({ connection }) => connection)).size).toBe(1);
    expect(proxy.asked.map(({ url: authority }) => authority)).toEqual([api.host]);
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:pass word').toString('base64')}`,
    );
  });

  it.each([
    'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
    'no HTTP\r\n\r\n',
    '',
  ])('is not there when the proxy says %j', async (answer) => {
    const api = await apiServer();
    const proxy = await proxyServer(answer);
    const { url } = await proxied(api.url, `http://127.0.0.1:${proxy.port}`);
    const { status } = await fetch(`${url}/api`);
    expect([status, api.seen]).toEqual([503, []]);
  });

  it('is not there when nobody is at the proxy’s place', async () => {
    const api = await apiServer();
    const { url } = await proxied(api.url, 'http://127.0.0.1:1');
    expect((await fetch(`${url}/api`)).status).toBe(503);
  });

  it('is not believed when its certificate is another’s', async () => {
    const other = await createCertificateAuthority(new Date());
    const serving = await signServingCertificate(other, ['127.0.0.1'], new Date());
    const server = createHttpsServer({ cert: serving.certificate, key: serving.privateKey });
    const port = await listenOn(server);
    onTestFinished(() => closeServer(server));
    const proxy = await proxyServer();
    const { url } = await proxied(`https://127.0.0.1:${port}`, `http://127.0.0.1:${proxy.port}`);
    expect((await fetch(`${url}/api`)).status).toBe(503);
  });

  it('half an answer does not look whole when the proxy resets', async () => {
    const sockets: TLSSocket[] = [];
    const server = createTlsServer(tls, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"part'));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const proxy = await proxyServer();
    const { url } = await proxied(`https://127.0.0.1:${port}`, `http://127.0.0.1:${proxy.port}`);
    const [answer] = (await once(get(`${url}/api/v1/pods`), 'response')) as [IncomingMessage];
    answer.on('error', () => {});
    await once(answer, 'data');
    proxy.tunnels[0]?.resetAndDestroy();
    await new Promise((over) => answer.on('close', over));
    expect(answer.complete).toBe(false);
  });
});
