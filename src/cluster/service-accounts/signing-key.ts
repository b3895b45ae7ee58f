import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { Store } from '../../store/index.ts';

/** An ECDSA P-256 key pair. */
export interface SigningKey {
  /** RFC 7638: the thumbprint of the public key. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The key by which a cluster knows its own tokens: one for all processes on its store, made when it is first needed. */
export interface SigningKeySource {
  /** undefined: no token has ever been signed. */
  find(): Promise<SigningKey | undefined>;
  make(): Promise<SigningKey>;
}

const storeKey = 'cluster/service-accounts/signing-key';

export function createSigningKeySource(store: Store): SigningKeySource {
  let known: SigningKey | undefined;

  async function find(): Promise<SigningKey | undefined> {
    if (known !== undefined) return known;
    const entry = await store.get(storeKey);
    known = entry && keyOf(JSON.parse(entry.value) as JsonWebKey);
    return known;
  }

  return {
    find,
    async make() {
      const found = await find();
      if (found !== undefined) return found;
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const value = JSON.stringify(privateKey.export({ format: 'jwk' }));
      // Of several processes, the first one's key counts.
      await store.txn([{ key: storeKey, modRevision: 0 }], [{ type: 'put', key: storeKey, value }]);
      const made = await find();
      if (made === undefined) throw new Error('the signing key of service accounts was not kept');
      return made;
    },
  };
}

function keyOf(jwk: JsonWebKey): SigningKey {
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const { crv, kty, x, y } = jwk;
  const id = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}
