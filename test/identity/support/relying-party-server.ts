import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ReceivedLogout {
  readonly contentType: string | undefined;
  /** The form's fields. */
  readonly fields: readonly string[];
  readonly token: string;
}

export interface RelyingPartyServer {
  readonly url: string;
  readonly received: ReceivedLogout[];
  /** What it does with a request; 200 until told otherwise. */
  answer(how: (req: IncomingMessage, res: ServerResponse) => void): void;
  /** Resolves when so many have come. */
  receivedCount(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A client's back-channel logout endpoint. */
export async function openRelyingPartyServer(): Promise<RelyingPartyServer> {
  const received: ReceivedLogout[] = [];
  let waiting: (() => void)[] = [];
  let answer = (_req: IncomingMessage, res: ServerResponse): void => void res.writeHead(200).end();
  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    const form = new URLSearchParams(body);
    const token = form.get('logout_token') ?? '';
    received.push({ contentType: req.headers['content-type'], fields: [...form.keys()], token });
    answer(req, res);
    for (const look of waiting) look();
  }
  const server = createServer((req, res) => void take(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/logout?from=op`,
    received,
    answer(how) {
      answer = how;
    },
    receivedCount: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting = waiting.filter((one) => one !== look);
          resolve();
        };
        waiting.push(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
