import { encode, type SigningKey, signSymmetric, signToken } from './sign-token.ts';

export interface TokenMaker {
  /** Keys of the issuer. */
  readonly rsa: SigningKey;
  readonly ec: SigningKey;
  /** Somebody else's. */
  readonly other: SigningKey;
  /** Of a token that is good. */
  readonly claims: { readonly iss: string; readonly aud: string; readonly sub: string; readonly exp: number };
}

/** `notMine`: of no configured issuer, or no JWT at all. */
export type HostileToken = readonly [what: string, token: string, outcome: 'refused' | 'notMine'];

/** The signature part replaced by r and s as given. */
function withSignature(token: string, signature: Buffer): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${signature.toString('base64url')}`;
}

const bytesOf = (token: string): Buffer => Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
/** Of P-256. */
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

/** Tokens that an issuer's public keys, or a reader's mistakes, would be enough to make. */
export function hostileTokens({ rsa, ec, other, claims }: TokenMaker): readonly HostileToken[] {
  const good = signToken(rsa, claims);
  const goodEC = signToken(ec, claims);
  const unsigned = (alg?: string): string =>
    `${encode(alg === undefined ? {} : { alg, kid: rsa.kid })}.${encode(claims)}.`;
  const symmetric = (secret: string | Buffer) => signSymmetric(secret, claims, rsa.kid);
  const saying = (more: object) => signToken(rsa, { ...claims, ...more });
  const spelled = (text: string) =>
    signToken(
      rsa,
      JSON.stringify(claims).replace(String(claims.exp), () => text),
    );
  const half = bytesOf(goodEC).length / 2;

  const refused: readonly (readonly [what: string, token: string])[] = [
    ['S-065: alg none', unsigned('none')],
    ['S-065: alg None', unsigned('None')],
    ['S-065: alg nOnE', unsigned('nOnE')],
    ['S-065: alg none, with a signature', signToken(rsa, claims, { alg: 'none' })],
    ['S-065: alg empty', unsigned('')],
    ['S-065: alg missing', unsigned()],
    [
      'S-066: HS256 with the public key as PEM',
      symmetric(rsa.publicKey.export({ format: 'pem', type: 'spki' })),
    ],
    [
      'S-066: HS256 with the public key as DER',
      symmetric(rsa.publicKey.export({ format: 'der', type: 'spki' })),
    ],
    ['S-066: HS256 with the JWK', symmetric(JSON.stringify(rsa.jwk))],
    ['S-066: HS256 with the JWKS', symmetric(JSON.stringify({ keys: [rsa.jwk, ec.jwk] }))],
    ['S-068: HS256 with an empty secret', symmetric('')],
    ['S-069: an embedded key', signToken(other, claims, { kid: 'x', jwk: other.jwk })],
    ['S-078: the key of another issuer', signToken(other, claims)],
    ['S-067: the kid of one key, signed by another', signToken({ ...rsa, kid: ec.kid }, claims)],
    ['S-070: kid a path', signToken({ ...other, kid: '../../etc/passwd' }, claims)],
    ['S-070: kid a list', signToken(rsa, claims, { kid: [rsa.kid] })],
    ['S-071: ES256 r = s = 0', withSignature(goodEC, Buffer.alloc(64))],
    ['S-071: ES256 r = n', withSignature(goodEC, Buffer.concat([ORDER, bytesOf(goodEC).subarray(half)]))],
    ['S-071: ES256 s + n', withSignature(goodEC, Buffer.concat([bytesOf(goodEC).subarray(0, half), ORDER]))],
    ['S-071: ES256 of 65 bytes', withSignature(goodEC, Buffer.concat([bytesOf(goodEC), Buffer.alloc(1)]))],
    ['S-075: crit unknown', signToken(rsa, claims, { crit: ['exp'] })],
    ['S-075: b64 false', signToken(rsa, claims, { b64: false, crit: ['b64'] })],
    ['S-073: a logout token', signToken(rsa, claims, { typ: 'logout+jwt' })],
    ['S-073: a DPoP proof', signToken(rsa, claims, { typ: 'dpop+jwt' })],
    ['S-073: no exp', saying({ exp: undefined })],
    ['S-073: no aud', saying({ aud: undefined })],
    ['S-045: another audience', saying({ aud: ['other'] })],
    ['S-074: exp a string', saying({ exp: String(claims.exp) })],
    ['S-074: exp 1e308', spelled('1e308')],
    [
      'S-076: a nested duplicate member',
      signToken(rsa, `${JSON.stringify(claims).slice(0, -1)},"x":{"a":1,"\\u0061":2}}`),
    ],
    ['S-079: sub an array', saying({ sub: [claims.sub] })],
    ['S-079: sub a number', saying({ sub: 1 })],
    ['S-079: sub empty', saying({ sub: '' })],
    ['S-079: no sub', saying({ sub: undefined })],
    ['S-079: groups that are no texts', saying({ groups: ['dev', 1] })],
    ['S-080: system:masters', saying({ groups: ['dev', 'system:masters'] })],
    ['S-080: system:masters after a blank', saying({ groups: [' system:masters'] })],
    ['S-080: system:anonymous', saying({ sub: 'system:anonymous' })],
    ['S-080: a service account', saying({ sub: 'system:serviceaccount:default:default' })],
    ['S-079: a line feed in a group', saying({ groups: ['a\nb'] })],
    ['S-079: a line feed in jti', saying({ jti: 'a\nb' })],
    ['S-072: padding', `${good}=`],
  ];
  const notMine: readonly (readonly [what: string, token: string])[] = [
    ['S-074: exp NaN', spelled('NaN')],
    ['S-073: no issuer', saying({ iss: undefined })],
    ['S-078: an issuer with a slash more', saying({ iss: `${claims.iss}/` })],
    ['S-078: an issuer in capitals', saying({ iss: claims.iss.toUpperCase() })],
    ['S-072: four parts', `${good}.x`],
    ['S-072: a trailing dot', `${good}.`],
    ['S-065: two parts', good.slice(0, good.lastIndexOf('.'))],
    ['S-077: a JWE', `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 })}.a.b.c.d`],
    ['S-076: a byte order mark', signToken(rsa, `\ufeff${JSON.stringify(claims)}`)],
    ['S-077: a JWE that is compressed', `${encode({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' })}.a.b.c.d`],
    ['an opaque token', 'abc'],
    ['nothing', ''],
  ];
  return [
    ...refused.map((row): HostileToken => [...row, 'refused']),
    ...notMine.map((row): HostileToken => [...row, 'notMine']),
  ];
}
