import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Store } from '../../store/index.ts';

export interface Keys {
  /** Private keys for signing; the first one signs. */
  readonly signing: readonly JWK[];
  /** Their public halves, as published. */
  readonly published: readonly JWK[];
  /** Secrets for signing cookies; the first one signs, all verify. */
  readonly cookies: readonly string[];
  /** Secret behind the form tokens. */
  readonly forms: string;
  /** Secret that refresh tokens' successors are derived with. */
  readonly refresh: string;
}

const prefix = 'identity/keys/';

/** What lies under the key, made and kept when there is nothing yet. Of processes starting at once, one makes it. */
async function keep<T>(store: Store, name: string, make: () => Promise<T>): Promise<T> {
  const key = prefix + name;
  const existing = await store.get(key);
  if (existing !== undefined) return JSON.parse(existing.value);
  const value = await make();
  const { committed } = await store.txn(
    [{ key, modRevision: 0 }],
    [{ type: 'put', key, value: JSON.stringify(value) }],
  );
  return committed ? value : keep(store, name, make);
}

async function makeSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
}

/** Only what is named here leaves: a member unknown to this list stays private (RFC 7518 §6.3). */
function publicHalf({ kty, n, e, kid, alg, use }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, n, e, kid, alg, use }));
}

/** The door's keys: made at the first start, the same ones ever after and in every process on the store. */
export async function openKeys(store: Store): Promise<Keys> {
  const secret = async () => randomBytes(32).toString('base64url');
  const [signing, cookies, forms, refresh] = await Promise.all([
    keep(store, 'signing', async () => [await makeSigningKey()]),
    keep(store, 'cookies', async () => [await secret()]),
    keep(store, 'forms', secret),
    keep(store, 'refresh', secret),
  ]);
  return { signing, published: signing.map(publicHalf), cookies, forms, refresh };
}
