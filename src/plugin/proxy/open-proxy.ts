import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, signServingCertificate } from '../../certificates/index.ts';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { forwardRequest, forwardUpgrade } from './forward-request.ts';
import { createProxyGuard, type Refusal } from './proxy-guard.ts';
import type { ProxyUpstream } from './proxy-upstream.ts';
import { statusBody } from './status-body.ts';
import type { TokenSource } from './token-source.ts';

export interface LocalProxy {
  readonly url: string;
  /** PEM of what clients have to trust for it; made for this run. */
  readonly certificateAuthority: string;
  /** What clients present as their bearer token; made for this run. */
  readonly secret: string;
  readonly close: () => Promise<void>;
}

export interface ProxyDeps {
  readonly upstream: ProxyUpstream;
  readonly tokens: TokenSource;
  /** 0 takes a free one. */
  readonly port: number;
  readonly now: () => number;
}

/**
 * Listens on 127.0.0.1 and hands requests on with the person's token. TLS, for kubectl and its like send a token nowhere
 * else. Throws PluginError when the port is taken.
 */
export async function openProxy({ upstream, tokens, port, now }: ProxyDeps): Promise<LocalProxy> {
  const authority = await createCertificateAuthority(new Date(now()), 'kubectl sallyport proxy CA');
  const names = ['127.0.0.1', 'localhost'];
  const serving = await signServingCertificate(authority, names, new Date(now()), 'kubectl sallyport proxy');
  const secret = randomBytes(32).toString('base64url');
  const server = createServer({ cert: serving.certificate, key: serving.privateKey });
  const listening = await listen(server, port);
  const refuse = createProxyGuard(listening, secret);

  /** The token for a request that may pass; else why it may not. */
  async function admit(request: IncomingMessage): Promise<string | Refusal> {
    const refusal = refuse(request);
    if (refusal !== undefined) return refusal;
    try {
      return await tokens.token();
    } catch (error) {
      const message = error instanceof PluginError ? error.message : 'the token could not be renewed';
      return { status: 401, reason: 'Unauthorized', message };
    }
  }

  server.on('request', (request, response) => {
    void admit(request).then((admitted) => {
      if (typeof admitted === 'string') {
        forwardRequest(request, response, { upstream, token: admitted, onRefused: tokens.refused });
        return;
      }
      const { status, reason, message } = admitted;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(statusBody(status, reason, message));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    void admit(request).then((admitted) => {
      if (typeof admitted === 'string') {
        forwardUpgrade(request, socket, head, { upstream, token: admitted, onRefused: tokens.refused });
        return;
      }
      const body = statusBody(admitted.status, admitted.reason, admitted.message);
      socket.end(
        `HTTP/1.1 ${admitted.status} ${admitted.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
  });
  return {
    url: `https://127.0.0.1:${listening}`,
    certificateAuthority: authority.certificate,
    secret,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        upstream.agent.destroy();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = errorCode(error) === 'EADDRINUSE' ? 'it is in use' : (errorCode(error) ?? 'unknown');
      reject(new PluginError(exitCode.failure, `cannot listen on 127.0.0.1:${port}: ${reason}`));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}
