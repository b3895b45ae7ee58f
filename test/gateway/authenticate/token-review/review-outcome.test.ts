import { describe, expect, it } from 'vitest';
import { reviewOutcome } from '../../../../src/gateway/authenticate/token-review/review-outcome.ts';

const ROBOT = {
  username: 'system:serviceaccount:dev:robot',
  uid: 'u-1',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/pod-name': ['web'], empty: [] },
};

function outcomeOf(status: unknown, audiences?: readonly string[]) {
  const answer = { kind: 'TokenReview', status };
  return reviewOutcome(answer, { token: 'sesame', audiences, expiresAt: 5 });
}

describe('a TokenReview’s answer', () => {
  it('names the user as the API server knows them', () => {
    expect(outcomeOf({ authenticated: true, user: ROBOT })).toEqual({
      outcome: 'authenticated',
      user: { ...ROBOT, extra: { 'authentication.kubernetes.io/pod-name': ['web'] } },
      expiresAt: 5,
    });
    expect(outcomeOf({ authenticated: true, user: { username: 'jane', groups: ['dev'] } })).toMatchObject({
      user: { username: 'jane', groups: ['dev', 'system:authenticated'] },
    });
  });

  // Advisory class 8: whatever does not say plainly that somebody is authenticated authenticates nobody.
  it.each<[string, unknown]>([
    ['authenticated: false', { authenticated: false, user: ROBOT }],
    ['no authenticated', { user: ROBOT }],
    ['authenticated as a text', { authenticated: 'true', user: ROBOT }],
    ['authenticated as a number', { authenticated: 1, user: ROBOT }],
    ['an error beside it', { authenticated: true, user: ROBOT, error: 'could not check' }],
    ['an error of another type', { authenticated: true, user: ROBOT, error: {} }],
    ['no user', { authenticated: true }],
    ['an empty name', { authenticated: true, user: { username: '' } }],
    ['a name of another type', { authenticated: true, user: { username: ['jane'] } }],
    ['a group of another type', { authenticated: true, user: { username: 'jane', groups: [5] } }],
    ['groups as a text', { authenticated: true, user: { username: 'jane', groups: 'dev' } }],
    ['extra of another type', { authenticated: true, user: { username: 'jane', extra: { a: 'b' } } }],
    ['a uid of another type', { authenticated: true, user: { username: 'jane', uid: 5 } }],
    ['no status', undefined],
    ['a status that is a list', [{ authenticated: true }]],
    ['inherited members', Object.create({ authenticated: true, user: ROBOT })],
  ])('with %s authenticates nobody', (_, status) => {
    expect(outcomeOf(status)).toMatchObject({ outcome: 'refused' });
    expect(reviewOutcome(status, { token: 't', audiences: undefined, expiresAt: 5 })).toMatchObject({
      outcome: 'refused',
    });
  });

  // A review may name the anonymous user for a token that it overlooks; system:masters would be above every rule.
  it.each<[string, readonly string[]]>([
    ['system:anonymous', ['system:unauthenticated']],
    ['system:admin', []],
    ['system:node:n1', ['system:nodes']],
    ['system:serviceaccount:dev', []],
    ['system:serviceaccount:dev:robot:x', []],
    ['jane', ['system:masters']],
    ['jane', ['system:unauthenticated']],
    ['jane', ['system:serviceaccounts']],
    ['system:serviceaccount:dev:robot', ['system:masters']],
    ['system:serviceaccount:dev:robot', ['system:serviceaccounts:prod']],
  ])('that names %s in %j is not believed', (username, groups) => {
    const outcome = outcomeOf({ authenticated: true, user: { username, groups } });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('is reserved (system:)'),
    });
  });

  it('must name one of the audiences that were asked for', () => {
    const status = (audiences?: unknown) => ({ authenticated: true, user: ROBOT, audiences });
    expect(outcomeOf(status(['a', 'b']), ['b', 'c'])).toMatchObject({ outcome: 'authenticated' });
    for (const audiences of [['a'], [], undefined, 'b', [5]]) {
      expect(outcomeOf(status(audiences), ['b', 'c'])).toMatchObject({ outcome: 'refused' });
    }
    expect(outcomeOf(status(['a']))).toMatchObject({ outcome: 'authenticated' });
  });

  it('brings the server’s words to the log, but never the token', () => {
    const outcome = outcomeOf({ error: `[invalid bearer token: "sesame"] ${'x'.repeat(500)}` });
    expect(outcome).toMatchObject({ reason: expect.stringContaining('[invalid bearer token: "…"] xxx') });
    expect(JSON.stringify(outcome).length).toBeLessThan(300);
  });
});
