import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecentDenials, noteDenials } from '../../../src/gateway/explain/index.ts';
import type { Attributes } from '../../../src/kube/index.ts';

const asked = (username: string, verb: string, name = ''): Attributes => ({
  user: { username, groups: [] },
  isResourceRequest: true,
  verb,
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'dev',
  name,
  path: '',
});

describe('recent refusals', () => {
  it('are counted, the last first, each person’s own', () => {
    let now = 0;
    const denials = createRecentDenials(() => ++now);
    for (const [who, verb] of [
      ['jane', 'get'],
      ['jane', 'list'],
      ['bob', 'get'],
      ['jane', 'get'],
    ] as const)
      denials.note(asked(who, verb));
    expect(denials.of('jane').map(({ asked: { verb }, count, lastAt }) => [verb, count, lastAt])).toEqual([
      ['get', 2, 4],
      ['list', 1, 2],
    ]);
    expect(denials.of('bob')).toHaveLength(1);
    expect(denials.of('nobody')).toEqual([]);
  });

  it('are bounded, whatever anybody asks', () => {
    const denials = createRecentDenials(() => 0);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(200)), { maxLength: 400 }), (requests) => {
        for (const [who, name] of requests) denials.note(asked(`u${who}`, 'get', `p${name}`));
        for (let who = 0; who <= 3; who++) expect(denials.of(`u${who}`).length).toBeLessThanOrEqual(50);
      }),
      { numRuns: 20 },
    );
    for (let person = 0; person < 1_500; person++) denials.note(asked(`p${person}`, 'get'));
    expect([denials.of('p0').length, denials.of('p499').length]).toEqual([0, 0]);
    expect([denials.of('p500').length, denials.of('p1499').length]).toEqual([1, 1]);
  });

  it('change no decision, and what is allowed is none', () => {
    const denials = createRecentDenials(() => 0);
    const decided = { decision: 'allow', reason: 'r' } as const;
    const refused = { decision: 'noOpinion', reason: '' } as const;
    const authorize = noteDenials(({ verb }) => (verb === 'get' ? decided : refused), denials);
    expect(authorize(asked('jane', 'get'))).toBe(decided);
    expect(authorize(asked('jane', 'list'))).toBe(refused);
    expect(denials.of('jane').map((denial) => denial.asked.verb)).toEqual(['list']);
  });
});
