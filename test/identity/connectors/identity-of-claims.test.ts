import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOfUpstream, createSubjects, upstreamOf } from '../../../src/identity/claims/subjects.ts';
import { ConnectorError } from '../../../src/identity/connectors/connector-error.ts';
import { identityOfClaims } from '../../../src/identity/connectors/oidc/identity-of-claims.ts';
import { connectorTo } from './support.ts';

const usual = {
  ...connectorTo('https://corp.example', 'https://id.example').config,
  insecureEnableGroups: false,
};
const claims = {
  sub: 'u-1',
  name: 'Ada',
  email: 'ada@corp.example',
  email_verified: true,
  preferred_username: 'ada',
  groups: ['staff', 'admins'],
};
const groupsWith = (options: Partial<typeof usual>, more = {}) =>
  identityOfClaims({ ...claims, ...more }, { ...usual, insecureEnableGroups: true, ...options }).groups;

describe('who claims are about', () => {
  it('is said by the usual ones, and groups are nobody’s business unless that is asked for', () => {
    expect(identityOfClaims(claims, usual)).toEqual({
      userId: 'u-1',
      name: 'Ada',
      preferredUsername: 'ada',
      email: 'ada@corp.example',
      emailVerified: true,
      groups: [],
    });
  });

  it.each(['sub', 'name', 'email', 'email_verified'])('is nobody without %s', (name) => {
    expect(() => identityOfClaims({ ...claims, [name]: undefined }, usual)).toThrow(ConnectorError);
  });

  it('is said by other claims where the usual ones are not there, and always with overrideClaimMapping', () => {
    const claimMapping = { email: 'mail', preferred_username: 'login', groups: 'roles' };
    const options = { ...usual, claimMapping };
    const both = { ...claims, mail: 'a@other.example', login: 'al', roles: ['r'] };
    expect(identityOfClaims(both, options).email).toBe('ada@corp.example');
    const { email, preferredUsername } = identityOfClaims(both, { ...options, overrideClaimMapping: true });
    expect([email, preferredUsername]).toEqual(['a@other.example', 'al']);
    expect(identityOfClaims({ ...both, email: undefined }, options).email).toBe('a@other.example');
    expect(groupsWith({ claimMapping }, { groups: undefined, roles: ['r'] })).toEqual(['r']);
    expect(
      groupsWith({ claimMapping, overrideClaimMapping: true }, { roles: 'one', mail: 'a@other.example' }),
    ).toEqual(['one']);
  });

  it('takes userIDKey and userNameKey, and skips what insecureSkipEmailVerified skips', () => {
    const other = { ...usual, userIDKey: 'oid', userNameKey: 'nick', insecureSkipEmailVerified: true };
    const told = identityOfClaims({ ...claims, oid: 'o-1', nick: 'A', email_verified: undefined }, other);
    expect(told).toMatchObject({ userId: 'o-1', name: 'A', emailVerified: true });
    expect(
      identityOfClaims({ ...claims, email_verified: false, oid: 'o', nick: 'A' }, other).emailVerified,
    ).toBe(false);
  });

  it('needs no e-mail address where none is asked for', () => {
    const { email: _email, email_verified: _verified, ...rest } = claims;
    expect(identityOfClaims(rest, { ...usual, scopes: ['profile'] })).toMatchObject({
      email: '',
      emailVerified: false,
    });
  });
});

describe('groups', () => {
  it('S-139: are those allowed only, and there must be one', () => {
    expect(groupsWith({ allowedGroups: ['admins', 'x'] })).toEqual(['admins']);
    expect(() => groupsWith({ allowedGroups: ['x'] })).toThrow('in none of allowedGroups');
    expect(() => groupsWith({ allowedGroups: ['x'] }, { groups: undefined })).toThrow(ConnectorError);
  });

  it('are filtered, made of claims and renamed, in Dex’s order', () => {
    const claimModifications = {
      newGroupFromClaims: [
        { claims: ['org', 'team', 'none'], delimiter: '-', clearDelimiter: true, prefix: 'made' },
      ],
      filterGroupClaims: { groupsFilter: '^adm' },
      modifyGroupNames: { prefix: 'corp:', suffix: '!' },
    };
    expect(groupsWith({ claimModifications }, { org: 'a-b', team: 't' })).toEqual([
      'corp:admins!',
      'corp:made-ab-t!',
    ]);
  });

  it('may be objects with a name', () => {
    expect(groupsWith({}, { groups: [{ name: 'a' }, 'b', 'b'] })).toEqual(['a', 'b']);
  });

  it('S-138: are refused where some are elsewhere, or too many, or no names', () => {
    const elsewhere = { groups: undefined, _claim_names: { groups: 'src1' } };
    const many = { groups: Array.from({ length: 1001 }, (_, index) => `g${index}`) };
    for (const more of [elsewhere, many, { groups: [''] }, { groups: [null] }, { groups: ['a\nb'] }])
      expect(() => groupsWith({}, more)).toThrow(ConnectorError);
  });
});

describe('what somebody’s account is called', () => {
  const id = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());

  it('R-021: is of one person of one connector, and of no account kept here', () => {
    fc.assert(
      fc.property(id, fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (userId, connector) => {
        const account = accountOfUpstream({ userId, connector });
        expect(upstreamOf(account)).toEqual(connector === 'local' ? undefined : { userId, connector });
        for (const encoding of ['plain', 'dex'] as const) {
          const { subjectOf, accountOf } = createSubjects(encoding);
          expect(accountOf(subjectOf(account))).toBe(account);
          expect(accountOf(subjectOf(userId))).toBe(userId);
        }
      }),
    );
  });
});
