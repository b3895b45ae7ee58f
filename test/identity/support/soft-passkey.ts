import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** CBOR (RFC 8949) of what passkeys send: numbers, texts, bytes and maps. */
function cbor(value: number | string | Uint8Array | Map<number | string, unknown>): Buffer {
  const head = (major: number, size: number) => {
    if (size < 24) return Buffer.from([(major << 5) | size]);
    if (size < 256) return Buffer.from([(major << 5) | 24, size]);
    return Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
  };
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const parts = [...value].flatMap(([key, one]) => [cbor(key), cbor(one as Parameters<typeof cbor>[0])]);
  return Buffer.concat([head(5, value.size), ...parts]);
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const text = (data: Uint8Array) => Buffer.from(data).toString('base64url');

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

export interface SignOptions {
  /** A form of attack: what a browser or a passkey would not send. */
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | undefined;
  readonly rawId?: string;
  readonly challenge?: string;
  /** What a new key says that it signs with (COSE). Default: ES256. */
  readonly algorithm?: number;
  /** Signed with a key that is not the passkey's. */
  readonly isForged?: boolean;
}

export interface SoftPasskey {
  readonly id: string;
  /** The answer to `navigator.credentials.create`, as the page's script sends it. @param options JSON of the page */
  create(options: string, attack?: SignOptions): string;
  /** The same of `navigator.credentials.get`. */
  get(options: string, attack?: SignOptions): string;
}

/** A passkey in software, with a browser's part of the work: ES256, counting from 1 unless told otherwise. */
export function createSoftPasskey(origin: string, { counts = true, synced = false } = {}): SoftPasskey {
  const { publicKey, privateKey } = newKey();
  const jwk = publicKey.export({ format: 'jwk' });
  const rawId = randomBytes(32);
  const id = text(rawId);
  const { hostname } = new URL(origin);
  let counter = 0;
  let handle = '';

  function authenticatorData(attack: SignOptions, attested: Buffer = Buffer.alloc(0)): Buffer {
    const { userPresent = true, userVerified = true, rpId = hostname } = attack;
    const flags =
      (userPresent ? 1 : 0) | (userVerified ? 4 : 0) | (synced ? 8 | 16 : 0) | (attested.length > 0 ? 64 : 0);
    const count = Buffer.alloc(4);
    if (counts) counter += 1;
    count.writeUInt32BE(attack.counter ?? counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested]);
  }

  function clientData(type: string, challenge: string, attack: SignOptions): Buffer {
    const data = {
      type: attack.type ?? type,
      challenge: attack.challenge ?? challenge,
      origin: attack.origin ?? origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  const envelope = (response: object, attack: SignOptions) =>
    JSON.stringify({
      id,
      rawId: attack.rawId ?? id,
      type: 'public-key',
      clientExtensionResults: {},
      response,
    });

  return {
    id,
    create(json, attack = {}) {
      const options = JSON.parse(json);
      handle = options.user.id;
      const key = new Map<number, unknown>([
        [1, 2],
        [3, attack.algorithm ?? -7],
        [-1, 1],
        [-2, Buffer.from(jwk.x ?? '', 'base64url')],
        [-3, Buffer.from(jwk.y ?? '', 'base64url')],
      ]);
      const length = Buffer.from([0, rawId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, cbor(key)]);
      const authData = authenticatorData(attack, attested);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]);
      return envelope(
        {
          clientDataJSON: text(clientData('webauthn.create', options.challenge, attack)),
          attestationObject: text(cbor(attestation)),
          transports: ['internal'],
        },
        attack,
      );
    },
    get(json, attack = {}) {
      const options = JSON.parse(json);
      const data = clientData('webauthn.get', options.challenge, attack);
      const authData = authenticatorData(attack);
      const key = attack.isForged === true ? newKey().privateKey : privateKey;
      const signature = sign('sha256', Buffer.concat([authData, sha256(data)]), key);
      const userHandle = 'userHandle' in attack ? attack.userHandle : handle;
      return envelope(
        {
          clientDataJSON: text(data),
          authenticatorData: text(authData),
          signature: text(signature),
          ...(userHandle === undefined ? {} : { userHandle }),
        },
        attack,
      );
    },
  };
}
