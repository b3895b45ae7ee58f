import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';

const TIMEOUT_MS = 30_000;

/**
 * A new connection to the endpoint, through its proxy if it has one: for a pool of such, or for a request that changes the
 * protocol, whose connection can't come from a pool, nor go back to one.
 * @throws what the network, the proxy or TLS says
 */
export async function connectEndpoint(endpoint: Endpoint, { cert, key }: Credentials): Promise<Socket> {
  const { protocol, hostname, port } = new URL(endpoint.server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'https:';
  const at = { host, port: Number(port) || (secure ? 443 : 80) };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const direct =
    endpoint.proxy === undefined
      ? await opened(connect(at), 'connect', signal)
      : await tunnel(endpoint.proxy, `${hostname}:${at.port}`, signal);
  if (!secure) return direct;
  const socket = connectTls({
    ...endpoint.tls,
    host,
    socket: direct,
    servername: endpoint.tls.servername ?? (isIP(host) === 0 ? host : ''),
    // An upgrade is a thing of HTTP/1.1, and a pool has one meaning.
    ALPNProtocols: ['http/1.1'],
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
  return opened(socket, 'secureConnect', signal);
}

async function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Source: RFC 9110 §9.3.6. */
async function tunnel(proxy: string, authority: string, signal: AbortSignal): Promise<Socket> {
  const { protocol, hostname, port, username, password } = new URL(proxy);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const asked = (protocol === 'https:' ? httpsRequest : httpRequest)({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    agent: false,
    signal,
    headers: {
      host: authority,
      ...(username === ''
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
  });
  asked.end();
  const [answer, socket] = (await Promise.race([
    once(asked, 'connect', { signal }),
    once(asked, 'response', { signal }),
  ])) as [IncomingMessage, Socket | undefined];
  if (answer.statusCode === 200 && socket !== undefined) return socket;
  asked.destroy();
  throw new Error(`the proxy answered ${answer.statusCode} to CONNECT`);
}
