import { describe, expect, it } from 'vitest';
import { createCallers } from '../../src/rbac/callers.ts';
import { createPolicy } from '../../src/rbac/index.ts';
import { createSubjectIndex } from '../../src/rbac/subject-index.ts';
import { resourceRequest, user } from './attributes.ts';
import { clusterRole, clusterRoleBinding, roleBinding } from './objects.ts';

const ANSWER = { named: [], otherwise: { decision: 'noOpinion', reason: '' } } as const;

describe('remembered callers', () => {
  it('are known by name and groups, not by the object that carries them', () => {
    const callers = createCallers(createSubjectIndex());
    const jane = callers.of(user('jane', 'a', 'b'));
    expect(callers.of(user('jane', 'a', 'b'))).toBe(jane);
    for (const other of [user('jane'), user('jane', 'a'), user('jane', 'b', 'a'), user('zoe', 'a', 'b')]) {
      expect(callers.of(other)).not.toBe(jane);
    }
    expect(callers.of(user('jane', 'a', 'b'))).toBe(jane);
    callers.forget();
    expect(callers.of(user('jane', 'a', 'b'))).not.toBe(jane);
  });

  it.each([
    [user('x', 'a\nb'), user('x', 'a', 'b')],
    [user('x\na', 'b'), user('x', 'a', 'b')],
    [user('x', ''), user('x')],
  ])('are not mistaken for each other: %j, %j', (one, other) => {
    const callers = createCallers(createSubjectIndex());
    expect(callers.of(one).groups).toEqual(one.groups);
    expect(callers.of(other)).toMatchObject(other);
    expect(callers.of(one)).toMatchObject(one);
  });

  it('do not keep what they had when their list of groups is changed in place', () => {
    const policy = createPolicy();
    policy.put('s', clusterRole('r', ['get pods']));
    policy.put('s', clusterRoleBinding('b', 'r', 'Group g'));
    const groups = ['g'];
    const asked = resourceRequest({ username: 'jane', groups }, 'get', 'pods');
    expect(policy.authorize(asked).decision).toBe('allow');
    groups[0] = 'h';
    expect(policy.authorize(asked).decision).toBe('noOpinion');
  });

  it('take no memory for namespaces that do not exist', () => {
    const policy = createPolicy();
    policy.put('s', roleBinding('dev', 'b', 'Role r', 'User jane'));
    const callers = createCallers(policy.view().subjects);
    const jane = callers.of(user('jane'));
    expect(callers.reach(jane, 'invented')).toBe(jane.everywhere);
    expect(callers.reach(jane, '')).toBe(jane.everywhere);
    expect(callers.reach(jane, 'dev')).not.toBe(jane.everywhere);
    expect([...jane.namespaces.keys()]).toEqual(['dev']);
  });

  it('are all forgotten when they take too much memory', () => {
    const callers = createCallers(createSubjectIndex(), 10_000);
    const jane = callers.of(user('jane'));
    let answers = 0;
    while (callers.of(user('jane')) === jane && answers < 1_000) {
      callers.remember(jane.everywhere, answers++, ANSWER);
    }
    expect(answers).toBeGreaterThan(50);
    expect(answers).toBeLessThan(100);
    const zoe = callers.of(user('zoe'));
    expect(callers.of(user('zoe'))).toBe(zoe);
    callers.of(user('x'.repeat(10_000)));
    expect(callers.of(user('zoe'))).not.toBe(zoe);
  });

  it('are forgotten at a change also when they alone take more memory than there is', () => {
    const callers = createCallers(createSubjectIndex(), 1);
    const jane = callers.of(user('jane'));
    callers.forget();
    expect(callers.of(user('jane'))).not.toBe(jane);
  });
});
