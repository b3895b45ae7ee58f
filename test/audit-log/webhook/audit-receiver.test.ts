import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuditReceiverDeps, openAuditReceiver } from '../../../src/audit-log/index.ts';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { folder } from '../../cli/support/folder.ts';
import { kubeconfig } from '../../cli/support/kubeconfig.ts';
import { closeServer, listenOn, recordingUpstream } from '../../gateway/support/gateway.ts';

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function certificates() {
  const ca = await createCertificateAuthority(new Date());
  const serving = await signServingCertificate(ca, ['127.0.0.1'], new Date());
  return { ca, serving };
}

/** An https receiver with a certificate of its own CA. */
async function httpsReceiver(options: ServerOptions = {}) {
  const { ca, serving } = await certificates();
  const requests: {
    url: string;
    headers: IncomingMessage['headers'];
    body: string;
    peer: string | undefined;
  }[] = [];
  const server = createServer(
    { cert: serving.certificate, key: serving.privateKey, ...options },
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const peer = (request.socket as TLSSocket).getPeerCertificate().subject?.CN as string | undefined;
        requests.push({ url: request.url ?? '', headers: request.headers, body, peer });
        response.end('{}');
      });
    },
  );
  const port = await listenOn(server);
  onTestFinished(() => closeServer(server));
  return { url: `https://127.0.0.1:${port}`, ca: ca.certificate, requests };
}

async function open(
  server: string,
  {
    user = {},
    cluster = {},
    ...deps
  }: Partial<AuditReceiverDeps> & { user?: Record<string, unknown>; cluster?: Record<string, unknown> } = {},
) {
  const receiver = await openAuditReceiver({
    configFile: join(folder({ config: kubeconfig(server, user, cluster) }), 'config'),
    allowInsecure: false,
    env: {},
    now: Date.now,
    log: { warn() {} },
    ...deps,
  });
  onTestFinished(() => receiver.close());
  return receiver;
}

describe('the receiver of a kubeconfig', () => {
  it("gets what kube-apiserver sends, at the kubeconfig's URL, with its token, proven by its CA", async () => {
    const { url, ca, requests } = await httpsReceiver();
    const receiver = await open(`${url}/audit/`, {
      user: { token: 'own' },
      cluster: { 'certificate-authority-data': base64(ca) },
    });
    expect(receiver.url).toBe(`${url}/audit`);
    await receiver.post('{"kind":"EventList"}', never);
    expect(requests).toMatchObject([
      {
        url: '/audit?timeout=30s',
        headers: { 'content-type': 'application/json', authorization: 'Bearer own' },
        body: '{"kind":"EventList"}',
      },
    ]);
  });

  it('may be a whole host', async () => {
    const api = await recordingUpstream();
    onTestFinished(api.close);
    await (await open(api.url)).post('{}', never);
    expect(api.requests).toMatchObject([{ method: 'POST', url: '/?timeout=30s' }]);
  });

  it('gets the client certificate', async () => {
    const { serving: client } = await certificates();
    const { url, ca, requests } = await httpsReceiver({
      requestCert: true,
      // A serving certificate proves who somebody is as well as a client's would; only its purpose is another.
      rejectUnauthorized: false,
    });
    const cluster = { 'certificate-authority-data': base64(ca) };
    const user = {
      'client-certificate-data': base64(client.certificate),
      'client-key-data': base64(client.privateKey),
    };
    await (await open(url, { user, cluster })).post('{}', never);
    expect(requests.map(({ peer }) => peer)).toEqual(['sallyport-gateway']);
  });

  it('gets nothing when its certificate is of somebody else', async () => {
    const { url, requests } = await httpsReceiver();
    const { ca } = await certificates();
    const cluster = { 'certificate-authority-data': base64(ca.certificate) };
    await expect((await open(url, { cluster, user: { token: 'own' } })).post('{}', never)).rejects.toThrow(
      /certificate/,
    );
    expect(requests).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['insecure-skip-tls-verify', 'https://127.0.0.1:1', { 'insecure-skip-tls-verify': true }],
    ['a server URL without TLS', 'http://receiver.example', {}],
  ])('is refused with %s, unless that is allowed', async (what, server, cluster) => {
    const opened = open(server, { cluster });
    await expect(opened).rejects.toThrow(what);
    await expect(opened).rejects.toThrow('whoever is in between would get every event');
    await open(server, { cluster, allowInsecure: true });
  });

  it('is refused with a password in its URL, which is not repeated', async () => {
    const opened = open('https://jane:canary@receiver.example');
    await expect(opened).rejects.toThrow('has a user name or password');
    await expect(opened).rejects.not.toThrow('canary');
  });

  it.each([200, 201, 204, 299])('has taken the events when it says %i', async (status) => {
    const api = await recordingUpstream(() => ({ status, body: '' }));
    onTestFinished(api.close);
    await (await open(api.url)).post('{}', never);
  });

  it.each([301, 302, 307, 308, 400, 401, 413, 429, 500, 503])(
    'has not taken them when it says %i, and nobody else gets them',
    async (status) => {
      const other = await recordingUpstream();
      onTestFinished(other.close);
      const api = await recordingUpstream(() => ({
        status,
        headers: { Location: other.url },
        body: 'canary',
      }));
      onTestFinished(api.close);
      const posted = (await open(api.url, { user: { token: 'own' } })).post('{}', never);
      await expect(posted).rejects.toMatchObject({ status, message: `the receiver answered ${status}` });
      expect(other.requests).toEqual([]);
    },
  );

  it('may talk at length; nobody listens', async () => {
    const api = await recordingUpstream(() => ({ body: 'x'.repeat(10_000_000) }));
    onTestFinished(api.close);
    const receiver = await open(api.url);
    await receiver.post('{}', never);
    await receiver.post('{}', never);
    expect(api.requests).toHaveLength(2);
  });

  it('is not waited for when the signal says so', async () => {
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = createHttpServer(() => resolve());
    const port = await listenOn(server);
    onTestFinished(() => closeServer(server));
    const posted = (await open(`http://127.0.0.1:${port}`)).post('{}', stop.signal);
    await promise;
    stop.abort();
    await expect(posted).rejects.toThrow(/abort/i);
  });
});
