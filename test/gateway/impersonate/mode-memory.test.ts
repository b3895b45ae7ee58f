import { describe, expect, it } from 'vitest';
import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { getPod, raw, recordingAuthorizer } from './authorizer.ts';
import { bob, group, impersonationWith, user } from './impersonation-with.ts';

describe('what a caller did before', () => {
  it('decides which refusal is told: that of the mode that succeeded last', () => {
    const onRequest = ['bob', 'al'].map((caller) => `${caller} impersonate-on:user-info:get *`);
    const { as, rights } = impersonationWith(['bob impersonate /users/ :jane', ...onRequest]);
    expect(as(bob, user('eve'))).toContain('cannot impersonate:user-info resource "users"');
    expect(as(bob, user('jane'))).toMatchObject({ outcome: 'impersonated' });
    expect(as(bob, user('eve'))).toContain('cannot impersonate resource "users"');
    expect(as({ ...bob, username: 'al' }, user('eve'))).toContain('cannot impersonate:user-info');
    rights.clear();
    expect(as(bob, user('jane'))).toContain('cannot impersonate resource "users"');
  });

  it('counts for ten seconds, for the same caller, user and request', () => {
    const clock = { now: 1_000 };
    const { as, rights, asked } = impersonationWith(['bob *'], clock);
    const jane = [user('jane'), group('g')];
    as(bob, ...jane);
    rights.clear();
    const count = asked.length;
    clock.now += 9_999;
    expect(as(bob, ...jane)).toMatchObject({ outcome: 'impersonated', user: { username: 'jane' } });
    expect(asked.length).toBe(count);
    expect(as({ ...bob, groups: [] }, ...jane)).toMatch(/^403 /);
    expect(as({ ...bob, uid: 'other' }, ...jane)).toMatch(/^403 /);
    expect(as({ ...bob, extra: { token: ['other'] } }, ...jane)).toMatch(/^403 /);
    expect(as(bob, user('jane'))).toMatch(/^403 /);
    expect(as(bob, user('jane'), group('h'))).toMatch(/^403 /);
    expect(as(bob, user('eve'), group('g'))).toMatch(/^403 /);
    clock.now += 1;
    expect(as(bob, ...jane)).toMatch(/^403 /);
  });

  it('still has another request asked about', () => {
    const { authorize, lines } = recordingAuthorizer(() => true);
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
    const put = (caller: UserInfo): Attributes => ({ ...getPod(caller), verb: 'update' });
    impersonate(raw(user('jane')), bob, getPod);
    impersonate(raw(user('jane')), bob, put);
    expect(lines().slice(2)).toEqual(['bob impersonate-on:user-info:update /pods/ bar:foo']);
  });

  it('does not count for longer because other requests were made meanwhile', () => {
    const clock = { now: 0 };
    let allowed = true;
    const { authorize } = recordingAuthorizer((question) => allowed || question.includes('impersonate-on:'));
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => clock.now });
    const doing = (verb: string) =>
      impersonate(raw(user('jane')), bob, (caller) => ({ ...getPod(caller), verb })).outcome;
    doing('get');
    allowed = false;
    clock.now = 9_000;
    expect(doing('list')).toBe('impersonated');
    clock.now = 10_000;
    expect(['get', 'list', 'watch'].map(doing)).toEqual(['refused', 'refused', 'refused']);
  });

  it('does not count for the legacy verb', () => {
    const { as, rights } = impersonationWith(['bob impersonate /users/ :jane']);
    as(bob, user('jane'));
    rights.clear();
    expect(as(bob, user('jane'))).toMatch(/^403 /);
  });
});
