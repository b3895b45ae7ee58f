import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { failedPage, type Page, pageHeaders, renderPage } from './pages.ts';

/** Answers with another state than ours that are put up with. */
const longestPatience = 20;

/** The one authorization response, and the way to answer the browser that brought it. */
export interface Callback {
  readonly params: URLSearchParams;
  /** Shows the page; resolves when it is sent, or the browser has gone. */
  readonly answer: (page: Page) => Promise<void>;
}

export interface LoopbackListener {
  readonly redirectUri: string;
  readonly callback: Promise<Callback>;
  readonly close: () => void;
}

/**
 * Waits for the browser on this machine (RFC 8252 §7.3). Bound to 127.0.0.1, never to a name or to all addresses; takes
 * one authorization response that carries `state` and no second one. One with another state is somebody else's: it is
 * refused and does not end the wait, but twenty of them do (`callback` rejects). `port` 0 lets the system choose.
 */
export async function openLoopbackListener(port: number, state: string): Promise<LoopbackListener> {
  const { promise: callback, resolve, reject } = Promise.withResolvers<Callback>();
  // The login may have ended by itself before the twentieth.
  callback.catch(() => {});
  let taken = false;
  let foreign = 0;
  let host = '';
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const refusal = refuse(request, host, taken);
    if (refusal !== undefined) {
      void send(response, refusal);
      return;
    }
    const { searchParams } = new URL(request.url ?? '/', `http://${host}`);
    if (searchParams.get('state') !== state) {
      if (++foreign === longestPatience) reject(new PluginError(exitCode.failure, tooManyForeign));
      void send(response, failedPage('This answer does not belong to the login that is waiting here.'));
      return;
    }
    taken = true;
    resolve({ params: searchParams, answer: (page) => send(response, page) });
  });
  host = `127.0.0.1:${await listen(server, port)}`;
  return {
    redirectUri: `http://${host}/callback`,
    callback,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const tooManyForeign = `giving up: ${longestPatience} answers came whose state is not the one of this login`;

function refuse(request: IncomingMessage, host: string, taken: boolean): Page | undefined {
  // DNS rebinding: a foreign page whose name now resolves to 127.0.0.1 still sends that name.
  if (request.headers.host !== host) return failedPage(`This address answers to ${host} only.`, 421);
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (path !== '/callback') return failedPage('There is nothing here.', 404);
  if (request.method !== 'GET') return failedPage('This address takes GET requests only.', 405);
  // The issuer sends the user here by navigation. An image or a fetch of some page is a probe, not an answer.
  const destination = request.headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document')
    return failedPage('This is not a page to embed.', 403);
  if (taken) return failedPage('This sign-in has already ended. Go back to your terminal.', 410);
  return undefined;
}

function send(response: ServerResponse, page: Page): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(page.status, pageHeaders).end(renderPage(page));
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason =
        errorCode(error) === 'EADDRINUSE'
          ? 'it is in use; free it, or use --listen-port=0'
          : (errorCode(error) ?? 'unknown');
      reject(new PluginError(exitCode.failure, `cannot listen on 127.0.0.1:${port}: ${reason}`));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
