import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { createSharedSecret, type SharedSecretDeps } from '../shared-secret.ts';

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

export function createSigningKeySource(deps: SharedSecretDeps): SigningKeySource {
  const secret = createSharedSecret(deps, 'serviceAccountKey');
  let known: SigningKey | undefined;

  return {
    async find() {
      if (known !== undefined) return known;
      const text = await secret.find();
      known = text === undefined ? undefined : keyOf(text);
      return known;
    },
    async make() {
      known ??= keyOf(await secret.make(generate));
      return known;
    },
  };
}

async function generate(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify(privateKey.export({ format: 'jwk' }));
}

function keyOf(text: string): SigningKey {
  const jwk = JSON.parse(text) as JsonWebKey;
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const { crv, kty, x, y } = jwk;
  const id = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}
