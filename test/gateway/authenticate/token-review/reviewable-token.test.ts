import { describe, expect, it } from 'vitest';
import { readReviewable } from '../../../../src/gateway/authenticate/token-review/reviewable-token.ts';
import { createECKey, encode, signToken } from '../sign-token.ts';

const key = createECKey('k');
const claims = { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:dev:robot' };
const payload = (text: string | Buffer) =>
  `${encode({ alg: 'RS256' })}.${Buffer.from(text).toString('base64url')}.AA`;

describe('readReviewable', () => {
  it.each<[string, string, number]>([
    ['a static token', 'abcdef', Infinity],
    ['a bootstrap token', 'abcdef.0123456789abcdef', Infinity],
    ['an OpenShift token', 'sha256~0aZ-_', Infinity],
    ['an encrypted JWT', 'a.b.c.d.e', Infinity],
    ['a service account’s token without end', signToken(key, claims), Infinity],
    ['a service account’s token', signToken(key, { ...claims, exp: 2_000_000_000, aud: ['api'] }), 2e12],
    ['a JWT without issuer', signToken(key, { sub: 'x' }), Infinity],
  ])('lets the API server see %s', (_, token, expiresAt) => {
    expect(readReviewable(token)).toEqual({ expiresAt });
  });

  // To a more lenient reader they could be those of a configured issuer, whose rules here would then be evaded.
  it.each<[string, string]>([
    ['two issuers', payload('{"iss":"https://idp.example","iss":"other"}')],
    ['an issuer in another spelling', payload('{"iss":"other","ISS":"https://idp.example"}')],
    ['an issuer with a long s', payload('{"iſſ":"https://idp.example"}')],
    ['a claim twice', payload('{"iss":"other","groups":[],"groups":["admins"]}')],
    ['bytes that are not UTF-8', payload(Buffer.from('{"iss":"https://idp.example","x":"\xff"}', 'latin1'))],
    ['a payload that is padded', `${encode({})}.${btoa('{"iss":"other"}')}=.AA`],
    ['a payload that is no JSON', payload('iss')],
    ['a payload that is no object', payload('["https://idp.example"]')],
    ['white space within', 'abc def'],
    ['a line break at its end', 'abcdef\n'],
    ['bytes that JSON would change', 'abc\xe9'],
    ['nothing', ''],
  ])('hides a token with %s', (_, token) => {
    expect(readReviewable(token)).toBeUndefined();
  });
});
