import { createHmac } from 'node:crypto';
import { generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Door } from '../support/door.ts';
import { createFederation, post, subject } from './federation.ts';
import { seconds } from './issuer.ts';

const federation = createFederation();
const { open, openKept, claims, ofPod } = federation;

describe('S-053: an assertion for one use', () => {
  it('counts once of 50 at once, on two doors over one store', async () => {
    const door = await open({ replicas: 2 });
    const one = await federation.cluster.sign(claims(door));
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(door, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)]);
  });

  it('is none that lives for an hour', async () => {
    const door = await open();
    const long = await federation.cluster.sign(claims(door, { exp: seconds() + 3600 }));
    const answers = [await post(door, long), await post(door, long)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is not used up by a request in which it is refused', async () => {
    const door = await open();
    const one = await federation.cluster.sign(claims(door));
    expect((await post(door, one, { client_id: 'other' })).status).toBe(400);
    expect((await post(door, one)).status).toBe(200);
  });
});

describe('an assertion is refused', () => {
  let door: Door;
  beforeAll(async () => {
    door = await openKept();
  });
  afterAll(() => door.close());

  it.each<[string, (door: Door) => Promise<string>]>([
    [
      'S-054: for more than one audience',
      (door) => federation.cluster.sign(claims(door, { aud: [door.issuer, 'x'] })),
    ],
    [
      'S-054: for the token endpoint',
      (door) => federation.cluster.sign(claims(door, { aud: `${door.issuer}/token` })),
    ],
    [
      'S-054: for the API server',
      (door) => federation.cluster.sign(ofPod(door, { aud: ['https://kubernetes.default.svc'] })),
    ],
    [
      'S-055: without an audience',
      (door) => federation.cluster.sign(claims(door, { aud: undefined as never })),
    ],
    ['S-055: of another subject', (door) => federation.cluster.sign(claims(door, { sub: `${subject}2` }))],
    [
      'S-055: of another issuer',
      (door) => federation.stranger.sign(claims(door, { iss: federation.stranger.url })),
    ],
    ['S-055: by another issuer in the name of this one', (door) => federation.stranger.sign(claims(door))],
    ['S-055: that has expired', (door) => federation.cluster.sign(claims(door, { exp: seconds() }))],
    ['S-055: without an end', (door) => federation.cluster.sign(claims(door, { exp: undefined as never }))],
    [
      'S-055: that does not count yet',
      (door) => federation.cluster.sign(claims(door, { nbf: seconds() + 120 })),
    ],
    [
      'S-055: issued in the future',
      (door) => federation.cluster.sign(claims(door, { iat: seconds() + 120 })),
    ],
    ['S-055: that is an access token', (door) => federation.cluster.sign(claims(door), { typ: 'at+jwt' })],
    [
      'S-055: with a critical header',
      (door) => federation.cluster.sign(claims(door), { crit: ['b64'], b64: true }),
    ],
    ['S-055: without a signature', async (door) => unsigned(claims(door))],
    ['S-055: signed by its public key as a secret', async (door) => symmetric(claims(door))],
    ['S-055: with a key of its own', ownKey],
    ['S-055: with a claim twice', (door) => federation.cluster.signText(twice(claims(door)))],
    ['S-055: that is no JWT', async () => 'nonsense'],
  ])('%s', async (_name, make) => {
    const { status, body } = await post(door, await make(door), { client_id: 'robot' });
    expect([status, body['error'], body['error_description']]).toEqual([
      401,
      'invalid_client',
      'client authentication failed',
    ]);
  });

  it('whatever is changed in it', async () => {
    const [header = '', payload = '', signature = ''] = (await federation.cluster.sign(ofPod(door))).split(
      '.',
    );
    const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    for (const text of [
      `${header}.${payload}.${flip(signature)}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}.${signature}=`,
    ])
      expect((await post(door, text, { client_id: 'robot' })).status).toBe(401);
  });

  it('with the reason in the log, and not in the answer', async () => {
    door.log.splice(0);
    await post(door, await federation.cluster.sign(claims(door, { exp: seconds() - 1 })), {
      client_id: 'robot',
    });
    const fields = door.log.find(({ message }) => message === 'request refused')?.fields;
    expect(fields).toMatchObject({ error_detail: 'the assertion: it has expired', client_id: 'robot' });
  });
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(payload: JWTPayload): string {
  return `${encode({ alg: 'none' })}.${encode(payload)}.`;
}

function symmetric(payload: JWTPayload): string {
  const [jwk] = federation.cluster.jwks().keys;
  const input = `${encode({ alg: 'HS256', kid: jwk?.kid })}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url')}`;
}

async function ownKey(door: Door): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const [jwk] = federation.stranger.jwks().keys;
  return new SignJWT(claims(door)).setProtectedHeader({ alg: 'ES256', jwk: jwk as never }).sign(privateKey);
}

function twice(payload: JWTPayload): string {
  return JSON.stringify(payload).replace('{', '{"sub":"system:serviceaccount:other",');
}
