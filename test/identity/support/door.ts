import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { hashSync } from '@node-rs/bcrypt';
import * as client from 'openid-client';
import type { IdentityEvent } from '../../../src/identity/audit/index.ts';
import {
  type Identity,
  type IdentityDeps,
  openIdentity,
  type StaticPassword,
} from '../../../src/identity/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { type BrowserLike, createBrowserLike } from './browser-like.ts';
import { createInterleavedStore } from './interleaved-store.ts';
import { giveSigningKey, keepSigningKey } from './signing-key.ts';
import { trustedCertificate } from './trusted-certificate.ts';
import { credentials, walk } from './walk.ts';

export { credentials, walk };

/** Cheapest cost that bcrypt has: these tests are not about hashing. */
export const passwordHash = hashSync('password', 4);

export const jane: StaticPassword = {
  email: 'jane@example.com',
  hash: passwordHash,
  username: 'Jane Doe',
  preferredUsername: 'jane',
  userID: 'id-jane',
  groups: ['developers', 'oncall'],
};
export const bob: StaticPassword = {
  email: 'bob@example.com',
  hash: passwordHash,
  username: 'Bob',
  preferredUsername: 'bob',
  userID: 'id-bob',
  groups: [],
};

/** With its slash: openid-client sends the URI back as a URL writes it. */
export const loopback = 'http://localhost:8000/';
export const webRedirect = 'https://app.example/callback';
export const webClient = {
  id: 'web',
  secret: 'web-secret',
  name: 'Web App',
  redirectURIs: [webRedirect],
  postLogoutRedirectURIs: ['https://app.example/bye'],
};

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** An event as the log has it. */
export type AuditLine = Omit<IdentityEvent, 'at' | 'requestId'> & { readonly request_id: string | undefined };

export interface Door {
  readonly issuer: string;
  readonly port: number;
  readonly identity: Identity;
  readonly log: LogLine[];
  /** What the log has of the audit trail. */
  readonly events: readonly AuditLine[];
  readonly store: IdentityDeps['store'];
  /** @param headers of every request */
  browser(headers?: Record<string, string>): BrowserLike;
  relyingParty(clientId: string, secret?: string): Promise<client.Configuration>;
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

export interface DoorOptions extends Partial<IdentityDeps> {
  /** Reuse the port, so that the issuer stays the same. */
  readonly port?: number;
  /** Path of the issuer. */
  readonly path?: string;
  /** Doors on the one store, which take the requests in turn. Default: 1. */
  readonly replicas?: number;
  /** One store as each of the replicas sees it, in place of `store` and `replicas`. */
  readonly stores?: readonly IdentityDeps['store'][];
  /** An issuer other than the address listened on, as behind a proxy. */
  readonly publicIssuer?: string;
  /** What the door is called. Default: 127.0.0.1, which browsers make no passkeys for. */
  readonly hostname?: string;
  /** Over TLS, with a certificate that every client here trusts. */
  readonly secure?: boolean;
}

async function createDoorServer(secure: boolean, listener: RequestListener): Promise<Server> {
  if (!secure) return createServer({ maxHeaderSize: 32_768 }, listener);
  const { certificate, privateKey } = await trustedCertificate();
  return createSecureServer({ cert: certificate, key: privateKey, maxHeaderSize: 32_768 }, listener);
}

/**
 * Door 1 on a real port, and on a store that lets others have their turn at each operation. Unless a test is about keys, or
 * about several stores, a door finds its signing key there.
 */
export async function openDoor({
  port = 0,
  path = '',
  publicIssuer,
  hostname = '127.0.0.1',
  replicas = 1,
  stores,
  secure = false,
  ...options
}: DoorOptions = {}): Promise<Door> {
  const doors: Identity[] = [];
  let turn = 0;
  const server = await createDoorServer(secure, (req, res) => {
    // A restarted door gets no request on a connection to the one before.
    if (!secure) res.shouldKeepAlive = false;
    const identity = doors[turn++ % doors.length];
    if (identity === undefined) res.writeHead(503).end();
    else identity.handler(req, res);
  });
  const listening = await listen(server, port);
  const origin = `${secure ? 'https' : 'http'}://${hostname}:${listening}`;
  const issuer = publicIssuer ?? `${origin}${path}`;
  const log: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void log.push({ level, fields, message });
  const store = options.store ?? stores?.[0] ?? createInterleavedStore(createMemoryStore());
  const ownKey = stores ?? options.signer ?? options.sealer;
  if (ownKey === undefined) await giveSigningKey(store, options.now ?? Date.now);
  for (const ofReplica of stores ?? Array<IdentityDeps['store']>(replicas).fill(store)) {
    doors.push(
      await openIdentity({
        issuer,
        now: Date.now,
        log: { info: at('info'), warn: at('warn'), error: at('error') },
        clients: [webClient],
        passwords: [jane, bob],
        ...options,
        store: ofReplica,
      }),
    );
  }
  if (ownKey === undefined) await keepSigningKey(store);
  const [identity] = doors as [Identity];
  return {
    issuer,
    port: listening,
    identity,
    log,
    get events() {
      return log.flatMap(({ fields }) => ('audit' in fields ? [fields as unknown as AuditLine] : []));
    },
    store,
    browser: (headers) => createBrowserLike(origin, headers),
    relyingParty: (clientId, secret) =>
      client.discovery(new URL(issuer), clientId, secret, secret === undefined ? client.None() : undefined, {
        execute: [client.allowInsecureRequests],
      }),
    async close() {
      for (const one of doors) await one.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Attempt {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** An authorization request as openid-client makes it. */
export async function startAuthorization(
  config: client.Configuration,
  parameters: Record<string, string>,
): Promise<Attempt> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  return { url: url.href, verifier, state, nonce };
}

export function redeem(config: client.Configuration, attempt: Attempt, callback: string) {
  return client.authorizationCodeGrant(config, new URL(callback), {
    pkceCodeVerifier: attempt.verifier,
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
  });
}

/** The whole way from request to tokens. */
export async function signInFor(
  config: client.Configuration,
  browser: BrowserLike,
  parameters: Record<string, string>,
  fields = credentials,
) {
  const attempt = await startAuthorization(config, parameters);
  const page = await walk(browser, attempt.url, fields);
  const tokens = await redeem(config, attempt, page.url);
  return { attempt, callback: page.url, tokens };
}

/** Everything in a store, as text. */
export async function dump(store: IdentityDeps['store']): Promise<string> {
  const { entries } = await store.list('');
  return entries.map(({ key, value }) => `${key}\n${value}\n`).join('');
}

/** One POST to the token endpoint, for what a well-behaved client library would not send. */
export async function postToken(
  door: Door,
  parameters: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${door.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
