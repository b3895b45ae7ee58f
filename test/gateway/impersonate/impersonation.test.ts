import { describe, expect, it } from 'vitest';
import { createImpersonation, type ImpersonationOutcome } from '../../../src/gateway/impersonate/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { getPod, raw, recordingAuthorizer } from './authorizer.ts';

const bob: UserInfo = {
  username: 'bob',
  uid: 'b-1',
  groups: ['system:authenticated'],
  extra: { team: ['x'] },
};

function impersonationThat(allows: (question: string) => boolean, constrained = false) {
  const authorizer = recordingAuthorizer(allows);
  const impersonate = createImpersonation({ authorize: authorizer.authorize, constrained, now: () => 0 });
  return { ...authorizer, as: (headers: string[]) => impersonate(headers, bob, getPod) };
}

function textOf(outcome: ImpersonationOutcome): string {
  return outcome.outcome === 'refused'
    ? `${outcome.error.status.code} ${outcome.error.message}`
    : JSON.stringify(outcome);
}

describe('impersonation headers', () => {
  it.each([
    ['no header at all', []],
    ['others only', raw(['Host', 'x'], ['X-Impersonate-User', 'jane'], ['Impersonate', 'jane'])],
    ['an unknown one, as kube-apiserver', raw(['Impersonate-Foo', 'jane'], ['Impersonate-Users', 'jane'])],
    ['an unknown one with an underscore', raw(['Impersonate-Foo_Bar', 'jane'])],
    ['an empty user, whatever comes after', raw(['Impersonate-User', ''], ['Impersonate-User', 'jane'])],
    ['an empty uid', raw(['Impersonate-Uid', ''])],
  ])('%s: the caller acts', (_name, headers) => {
    const { as, asked } = impersonationThat(() => true);
    expect(as(headers)).toEqual({ outcome: 'none' });
    expect(asked).toEqual([]);
  });

  it('without impersonation make nothing anew', () => {
    const { as } = impersonationThat(() => true);
    expect(as(raw(['Host', 'x']))).toBe(as(['Accept', '*/*']));
  });

  // Stricter than kube-apiserver, on purpose, in every line.
  const latin1 = String.fromCharCode(0xff);
  it.each([
    ['ignores it; a server that folds underscores would not', ['Impersonate_User', 'jane']],
    ['ignores it; a server that folds underscores would not', ['impersonate_group', 'jane']],
    ['ignores it; a server that folds underscores would not', ['Impersonate_Anything', 'jane']],
    ['ignores it; a server that folds underscores would not', ['Impersonate-Extra_scopes', 'jane']],
    ['keeps bytes that are no UTF-8; here they have no name', ['Impersonate-User', latin1]],
    ['keeps bytes that are no UTF-8; here they have no name', ['Impersonate-Group', `a${latin1}`]],
    ['keeps bytes that are no UTF-8; here they have no name', ['Impersonate-Extra-scopes', latin1]],
    ['keeps bytes that are no UTF-8; here they have no name', ['Impersonate-Extra-%ff', 'x']],
    ['has them refused by its parser', ['Impersonate-Extra-a/b', 'x']],
    ['has them refused by its parser', ['Impersonate-Extra-a b', 'x']],
  ])('are refused with 400 where kube-apiserver %s: %j', (_kubeApiserver, header) => {
    const { as, asked } = impersonationThat(() => true);
    expect(textOf(as([...header, 'Impersonate-User', 'jane']))).toMatch(/^400 Impersonate/i);
    expect(asked).toEqual([]);
  });

  it('keep an underscore in an extra key', () => {
    const { as } = impersonationThat(() => true);
    expect(as(raw(['Impersonate-User', 'jane'], ['Impersonate-Extra-a_b', 'x']))).toMatchObject({
      user: { extra: { a_b: ['x'] } },
    });
  });

  it('cannot reach a prototype', () => {
    const { as } = impersonationThat(() => true);
    const outcome = as(raw(['Impersonate-User', 'jane'], ['Impersonate-Extra-__proto__', 'x']));
    const extra = (outcome as { user: UserInfo }).user.extra ?? {};
    expect(Object.entries(extra)).toEqual([['__proto__', ['x']]]);
    expect(Object.getPrototypeOf(extra)).toBe(Object.prototype);
  });

  it.each([
    [
      false,
      'requested [{Group  a    } {Group  b    } {UserExtra  v  authentication.k8s.io/v1  k} {UID  u  authentication.k8s.io/v1  }] without impersonating a user',
    ],
    [
      true,
      'requested &user.DefaultInfo{Name:"", UID:"u", Groups:[]string{"a", "b"}, Extra:map[string][]string{"k":[]string{"v"}}} without impersonating a user name',
    ],
  ])('without a user are refused in kube-apiserver’s words (constrained: %s)', (constrained, text) => {
    const { as } = impersonationThat(() => true, constrained);
    const headers = raw(
      ['Impersonate-Uid', 'u'],
      ['Impersonate-Extra-k', 'v'],
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'b'],
    );
    expect(textOf(as(headers))).toBe(`400 ${text}`);
  });
});

describe('legacy impersonation', () => {
  const everything = raw(
    ['Impersonate-Uid', 'u'],
    ['Impersonate-Extra-k', 'v'],
    ['Impersonate-Extra-k', 'w'],
    ['Impersonate-Group', 'g'],
    ['Impersonate-User', 'jane'],
  );
  const user = 'bob impersonate /users/ :jane';
  const group = 'bob impersonate /groups/ :g';
  const uid = 'bob impersonate authentication.k8s.io/uids/ :u';
  const extra = ['v', 'w'].map((value) => `bob impersonate authentication.k8s.io/userextras/k :${value}`);

  it('asks for user, groups, extra, uid', () => {
    const { as, lines } = impersonationThat(() => true);
    as(everything);
    expect(lines()).toEqual([user, group, ...extra, uid]);
  });

  it('asks for user, uid, groups, extra beside the constrained modes', () => {
    const { as, lines } = impersonationThat((question) => question.startsWith('bob impersonate '), true);
    as(everything);
    expect(lines()).toEqual(['bob impersonate-on:user-info:get /pods/ bar:foo', user, uid, group, ...extra]);
  });

  it.each([false, true])('carries nothing of the caller over (constrained: %s)', (constrained) => {
    const { as } = impersonationThat(() => true, constrained);
    expect(as(raw(['Impersonate-User', 'jane']))).toMatchObject({
      user: { username: 'jane', groups: ['system:authenticated'] },
    });
    expect(textOf(as(raw(['Impersonate-User', 'jane'])))).not.toMatch(/b-1|team/);
  });

  it('fails the request when the authorizer fails', () => {
    const authorize = () => {
      throw new Error('broken');
    };
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
    expect(() => impersonate(raw(['Impersonate-User', 'jane']), bob, getPod)).toThrow('broken');
  });

  it('takes a deny and no opinion for no', () => {
    for (const decision of ['deny', 'noOpinion'] as const) {
      const authorize = () => ({ decision, reason: 'because' });
      const impersonate = createImpersonation({ authorize, constrained: false, now: () => 0 });
      expect(textOf(impersonate(raw(['Impersonate-User', 'jane']), bob, getPod))).toBe(
        '403 users "jane" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope: because',
      );
    }
  });
});
