import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../src/identity/accounts/accounts.ts';
import { createClientPolicies } from '../../../src/identity/claims/client-policies.ts';
import { createSubjects } from '../../../src/identity/claims/subjects.ts';
import { createClientConfigs } from '../../../src/identity/clients/client-configs.ts';
import type { ClientConfig } from '../../../src/identity/index.ts';

const jane: Account = {
  id: 'id-jane',
  email: 'jane@example.com',
  emailVerified: true,
  name: 'Jane',
  preferredUsername: 'jane',
  groups: ['developers', 'team-a', 'team-b'],
};
const all = ['openid', 'email', 'profile', 'groups', 'federated:id'];

function judge(
  client: Partial<ClientConfig>,
  scopes = all,
  account = jane,
  others: readonly ClientConfig[] = [],
) {
  const clients = createClientConfigs([{ id: 'app', ...client }, ...others]);
  const policies = createClientPolicies(clients, createSubjects('plain'));
  const judged = policies.judge(account, 'app', scopes);
  return judged.refusal ?? judged.within(new Set(scopes));
}
const mapped = (claim: string, expression: string) => judge({ claimMappings: [{ claim, expression }] });

describe('what a client is told without a policy', () => {
  it.each<[string[], object]>([
    [[], { sub: 'id-jane' }],
    [['email'], { sub: 'id-jane', email: 'jane@example.com', email_verified: true }],
    [['profile'], { sub: 'id-jane', name: 'Jane', preferred_username: 'jane' }],
    [['groups', 'unknown', '__proto__'], { sub: 'id-jane', groups: jane.groups }],
    [['federated:id'], { sub: 'id-jane', federated_claims: { connector_id: 'local', user_id: 'id-jane' } }],
  ])('for scopes %j', (scopes, expected) => {
    expect(judge({}, scopes)).toEqual(expected);
  });
});

describe('allowedGroups', () => {
  it('lets in who is in one of them, whatever the filter says', () => {
    expect(judge({ allowedGroups: ['x', 'team-a'], groupFilter: { prefix: 'dev' } })).toMatchObject({
      groups: ['developers'],
    });
  });

  it.each([[['ops']], [[]], [['Team-A']]])('%j refuses everybody else', (allowedGroups) => {
    expect(judge({ allowedGroups })).toEqual({ reason: 'groups', client: 'app', allowedGroups });
  });

  it('of a peer count where a token is asked for the peer, too', () => {
    const peer = { id: 'api', trustedPeers: ['app'], allowedGroups: ['ops'] };
    expect(judge({}, all, jane, [peer])).toMatchObject({ sub: 'id-jane' });
    expect(judge({}, [...all, 'audience:server:client_id:api'], jane, [peer])).toMatchObject({
      reason: 'groups',
      client: 'api',
    });
    expect(judge({}, [...all, 'audience:server:client_id:other'], jane, [peer])).toMatchObject({
      reason: 'audience',
    });
  });
});

describe('claimValidationRules', () => {
  const rule = (expression: string, message = 'No.') => ({ claimValidationRules: [{ expression, message }] });
  const refusal = { reason: 'rule', client: 'app', rule: 0, message: 'No.', problem: undefined };

  it.each([
    ['claims.email_verified == true'],
    ["claims.email.endsWith('@example.com')"],
    ["!dyn(claims.groups).exists(group, group == 'contractors')"],
    // Whatever the client is told of them.
    ["'developers' in claims.groups"],
  ])('let in whom %s holds for', (expression) => {
    expect(judge({ ...rule(expression), groupFilter: { prefix: 'team-' } })).toMatchObject({
      sub: 'id-jane',
    });
  });

  it('refuse everybody else, by the first that does not hold, in its words', () => {
    expect(judge(rule('!claims.email_verified'))).toEqual(refusal);
    const [held, first, second] = ['true', 'false', '1 > 2'].map((expression, index) => ({
      expression,
      message: `${index}`,
    }));
    const claimValidationRules = [held, first, second].flatMap((one) => one ?? []);
    expect(judge({ claimValidationRules })).toEqual({ ...refusal, rule: 1, message: '1' });
  });

  it('refuse when they cannot be worked out, and tell the person nothing of it', () => {
    expect(judge(rule("claims.department == 'sales'"))).toEqual({
      ...refusal,
      message: undefined,
      problem: 'no such key: department',
    });
  });

  it('of a peer count where a token is asked for the peer, too', () => {
    const peer = { id: 'api', trustedPeers: ['app'], ...rule('false') };
    expect(judge({}, all, jane, [peer])).toMatchObject({ sub: 'id-jane' });
    expect(judge({}, [...all, 'audience:server:client_id:api'], jane, [peer])).toMatchObject({
      reason: 'rule',
      client: 'api',
    });
  });

  it.each([
    ['claims.', /the expression of claimValidationRules\[0\]: ERROR/],
    ['claims.email', /claimValidationRules\[0\] is neither true nor false/],
  ])('that cannot be used (%s) are refused at once', (expression, message) => {
    expect(() => judge(rule(expression))).toThrow(message);
  });

  it('hold for everybody whom they hold for, and for nobody else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{0,3}$/)),
        fc.stringMatching(/^[a-z]{0,3}$/),
        (groups, one) => {
          const told = judge(rule(`'${one}' in claims.groups`), all, { ...jane, groups });
          expect('reason' in told).toBe(!groups.includes(one));
        },
      ),
    );
  });
});

describe('groupFilter', () => {
  it.each([
    [{ prefix: 'team-' }, ['team-a', 'team-b']],
    [{ pattern: 'team-[ab]' }, ['team-a', 'team-b']],
    // As a whole: a pattern that is found somewhere within lets too much through.
    [{ pattern: 'team' }, []],
    [{ prefix: '' }, jane.groups],
  ])('%j', (groupFilter, groups) => {
    expect(judge({ groupFilter })).toMatchObject({ groups });
  });

  it('only ever takes away', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (groups, prefix) => {
        const told = judge({ groupFilter: { prefix } }, all, { ...jane, groups }) as { groups: string[] };
        expect(told.groups).toEqual(groups.filter((group) => group.startsWith(prefix)));
      }),
    );
  });
});

describe('claimMappings', () => {
  it.each([
    ['department', "'sales'", 'sales'],
    ['level', '2', 2],
    ['ratio', '0.5', 0.5],
    ['is_dev', "'developers' in claims.groups", true],
    ['links', "{'home': ['/', string(claims.sub)]}", { home: ['/', 'id-jane'] }],
    ['groups', "dyn(claims.groups).map(g, 'oidc:' + g)", ['oidc:developers', 'oidc:team-a', 'oidc:team-b']],
    ['groups', "'one'", ['one']],
    ['email', 'claims.preferred_username + "@corp.example"', 'jane@corp.example'],
  ])('set %s by %s', (claim, expression, value) => {
    expect(mapped(claim, expression)).toMatchObject({ [claim]: value });
  });

  it.each([
    ['department', 'null'],
    ['department', 'claims.?department'],
    ['email', 'null'],
  ])('leave %s out for %s', (claim, expression) => {
    expect(mapped(claim, expression)).not.toHaveProperty(claim);
  });

  it.each([
    ['no such claim', 'department', 'claims.department'],
    ['a group of Kubernetes', 'groups', "['system:masters']"],
    ['a group of Kubernetes alone', 'groups', "'system:masters'"],
    ['groups that are none', 'groups', '[1]'],
    ['a name that is none', 'name', '[claims.name]'],
    ['a truth that is none', 'email_verified', "'yes'"],
    ['a time', 'since', "timestamp('2026-01-01T00:00:00Z')"],
    ['all claims', 'everything', 'claims'],
    ['an int beyond 2^53', 'number', '9007199254740993'],
    [
      'a text beyond bounds',
      'text',
      `dyn(claims.groups).map(a, dyn(claims.groups).map(b, ['x', 'y'].map(c, '${'z'.repeat(1000)}')))`,
    ],
  ])('refuse the account for %s', (_what, claim, expression) => {
    expect(mapped(claim, expression)).toMatchObject({ reason: 'expression', client: 'app', claim });
  });

  it('need the scope that stands for the claim, and no other', () => {
    const claimMappings = [
      { claim: 'groups', expression: "['x']" },
      { claim: 'team', expression: "'a'" },
    ];
    expect(judge({ claimMappings }, ['openid'])).toEqual({ sub: 'id-jane', team: 'a' });
  });

  it('see the groups that the filter lets through', () => {
    const claimMappings = [{ claim: 'count', expression: 'size(claims.groups)' }];
    expect(judge({ groupFilter: { prefix: 'team-' }, claimMappings })).toMatchObject({ count: 2 });
  });

  it.each([
    ['sub', "'root'", /the claim sub cannot be set/],
    ['aud', "'x'", /the claim aud cannot be set/],
    ['federated_claims', '{}', /cannot be set/],
    ['x', 'claims.', /the expression of x: ERROR/],
    ['x', 'other.sub', /undeclared reference to 'other'/],
  ])('that cannot be used (%s: %s) are refused at once', (claim, expression, message) => {
    expect(() => mapped(claim, expression)).toThrow(message);
  });

  it('set no claim twice', () => {
    const twice = [
      { claim: 'a', expression: '1' },
      { claim: 'a', expression: '2' },
    ];
    expect(() => judge({ claimMappings: twice })).toThrow('the claim a is set twice');
  });
});
