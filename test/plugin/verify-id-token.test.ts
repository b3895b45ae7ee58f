import { createHmac } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { verifyIdToken } from '../../src/plugin/verify-id-token.ts';

const issuer = 'https://sso.example.com';
const claims = { iss: issuer, sub: 's', aud: 'kubectl', exp: Math.floor(Date.now() / 1000) + 60 };

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
/** RSA keys take long to find: one of each algorithm does. */
const keyPairs = new Map<string, Promise<KeyPair>>();

async function signer(alg: string) {
  const made = keyPairs.get(alg) ?? generateKeyPair(alg, { extractable: true });
  keyPairs.set(alg, made);
  const { privateKey, publicKey } = await made;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k' };
  const sign = (payload: object = claims, header: Partial<JWTHeaderParameters> = {}) => {
    return new SignJWT({ ...payload }).setProtectedHeader({ alg, kid: 'k', ...header }).sign(privateKey);
  };
  return { jwk, sign, publicKey };
}

const expected = (keys: readonly Record<string, unknown>[]) => ({
  issuer,
  clientId: 'kubectl',
  keys,
  now: Date.now(),
});
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('verifyIdToken', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('accepts %s', async (alg) => {
    const { jwk, sign } = await signer(alg);
    expect(verifyIdToken(await sign(), expected([jwk])).sub).toBe('s');
  });

  it('refuses unsigned tokens and HMAC with the public key', async () => {
    const { jwk, publicKey } = await signer('RS256');
    const input = `${encode({ alg: 'HS256', kid: 'k' })}.${encode(claims)}`;
    const mac = createHmac('sha256', await exportSPKI(publicKey))
      .update(input)
      .digest('base64url');
    for (const token of [
      `${input}.${mac}`,
      `${encode({ alg: 'none' })}.${encode(claims)}.AA`,
      `${encode({ alg: 'none' })}.${encode(claims)}.`,
    ]) {
      expect(() => verifyIdToken(token, expected([jwk]))).toThrow('refusing the ID token');
    }
  });

  it.each<[string, (jwk: Record<string, unknown>) => Record<string, unknown>]>([
    ['another kid', (jwk) => ({ ...jwk, kid: 'other' })],
    ['another use', (jwk) => ({ ...jwk, use: 'enc' })],
    ['another alg', (jwk) => ({ ...jwk, alg: 'RS512' })],
    ['a broken modulus', (jwk) => ({ ...jwk, n: '' })],
  ])('does not use a key with %s', async (_name, change) => {
    const { jwk, sign } = await signer('RS256');
    const token = await sign();
    expect(() => verifyIdToken(token, expected([change({ ...jwk })]))).toThrow('does not verify');
  });

  it('refuses a critical extension and an unnamed party among several audiences', async () => {
    const { jwk, sign } = await signer('ES256');
    const two = { ...claims, aud: ['kubectl', 'other'] };
    const token = await sign(two);
    expect(() => verifyIdToken(token, expected([jwk]))).toThrow('authorized party');
    expect(verifyIdToken(await sign({ ...two, azp: 'kubectl' }), expected([jwk])).aud).toEqual(two.aud);
    const [, payload] = token.split('.');
    const critical = `${encode({ alg: 'ES256', kid: 'k', crit: ['x'] })}.${payload}.AAAA`;
    expect(() => verifyIdToken(critical, expected([jwk]))).toThrow('does not verify');
  });
});
