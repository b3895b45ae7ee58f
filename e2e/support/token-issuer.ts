import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface TokenIssuer {
  readonly url: string;
  /** An AuthenticationConfiguration that trusts this issuer and no other. */
  readonly authenticationConfiguration: string;
  /** A good ID token of this person, for the audience `kubectl`, valid for an hour or as long as it is said: `5s`. */
  token(username: string, groups?: readonly string[], lifetime?: string): Promise<string>;
  close(): void;
}

/** An issuer that has keys and nothing else: tests that need many people need no browser. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  let url = '';
  const server = createServer((request, response) => {
    const document = request.url === '/keys' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    authenticationConfiguration: `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${url}', audiences: [kubectl] }
    claimMappings:
      username: { claim: preferred_username, prefix: "" }
      groups: { claim: groups, prefix: "" }
`,
    token: (username, groups = [], lifetime = '1h') =>
      new SignJWT({ preferred_username: username, groups })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(url)
        .setSubject(username)
        .setAudience('kubectl')
        .setIssuedAt()
        .setExpirationTime(lifetime)
        .sign(privateKey),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
