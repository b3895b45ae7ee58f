import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** The sign-in of int128's kubelogin, request for request: plain `openid`, S256, a redirect URI without a path. */
export interface Kubelogin {
  readonly authorizationUrl: string;
  /** The ID token's claims, once the browser has come back. */
  readonly claims: Promise<Record<string, unknown>>;
  close(): void;
}

/** @param port 8000 or 18000 in its default configuration; 0 for any */
export async function openKubelogin(
  issuer: string,
  port: number,
  extraScopes: readonly string[] = [],
): Promise<Kubelogin> {
  const verifier = randomBytes(32).toString('base64url');
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const redirectUri = `http://localhost:${typeof address === 'object' && address ? address.port : port}`;
  const claims = new Promise<Record<string, unknown>>((done, failed) => {
    server.on('request', (request, response) => {
      response.end('authenticated');
      const code = new URL(request.url ?? '/', redirectUri).searchParams.get('code');
      if (code === null) return;
      redeem(issuer, { code, verifier, redirectUri }).then(done, failed);
    });
  });
  claims.catch(() => {});
  const url = new URL(`${issuer}/auth`);
  url.search = new URLSearchParams({
    access_type: 'offline',
    client_id: 'kubectl',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    nonce: randomBytes(16).toString('base64url'),
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: ['openid', ...extraScopes].join(' '),
    state: randomBytes(16).toString('base64url'),
  }).toString();
  return {
    authorizationUrl: url.href,
    claims,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function redeem(issuer: string, sent: { code: string; verifier: string; redirectUri: string }) {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: 'kubectl',
      code: sent.code,
      code_verifier: sent.verifier,
      grant_type: 'authorization_code',
      redirect_uri: sent.redirectUri,
    }),
  });
  const tokens = (await answer.json()) as { id_token?: string };
  if (!answer.ok) throw new Error(JSON.stringify(tokens));
  return JSON.parse(Buffer.from(tokens.id_token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
