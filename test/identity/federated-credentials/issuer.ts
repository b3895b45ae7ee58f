import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CompactSign,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';

/** Another issuer with one key, over HTTP: a cluster's API server, or a pipeline's host. */
export interface OtherIssuer {
  readonly url: string;
  readonly jwks: () => { readonly keys: readonly JWK[] };
  /** Requests for the discovery document and the keys. */
  readonly asked: { discovery: number; keys: number };
  /** Signs by another key from now on. */
  rotate(): Promise<void>;
  /** Answers all requests by sending them to this address. */
  redirectTo(url: string): void;
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** Signs a payload that no library would write. */
  signText(payload: string): Promise<string>;
  close(): Promise<void>;
}

/** Seconds since the epoch. */
export const seconds = () => Math.floor(Date.now() / 1000);

export async function startIssuer(): Promise<OtherIssuer> {
  const asked = { discovery: 0, keys: 0 };
  let redirect: string | undefined;
  let key: { private: GenerateKeyPairResult['privateKey']; public: JWK };
  async function rotate(): Promise<void> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = {
      private: pair.privateKey,
      public: { ...(await exportJWK(pair.publicKey)), kid: randomUUID(), alg: 'ES256' },
    };
  }
  await rotate();
  const jwks = () => ({ keys: [key.public] });
  const server: Server = createServer((req, res) => {
    if (redirect !== undefined) {
      res.writeHead(302, { location: redirect + req.url }).end();
      return;
    }
    const isDiscovery = req.url === '/.well-known/openid-configuration';
    asked[isDiscovery ? 'discovery' : 'keys'] += 1;
    res.end(JSON.stringify(isDiscovery ? { issuer: url, jwks_uri: `${url}/keys` } : jwks()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    jwks,
    asked,
    rotate,
    redirectTo(other) {
      redirect = other;
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: String(key.public.kid), ...header })
        .sign(key.private),
    signText: (payload) =>
      new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: 'ES256', kid: String(key.public.kid) })
        .sign(key.private),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
