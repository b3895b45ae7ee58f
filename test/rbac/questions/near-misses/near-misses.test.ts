import { describe, expect, it } from 'vitest';
import { explain, type NearMissKind } from '../../../../src/rbac/questions/explain.ts';
import { placeCases } from './place-cases.ts';
import { requestCases } from './request-cases.ts';
import { roleCases } from './role-cases.ts';
import { ruleCases } from './rule-cases.ts';
import { subjectCases } from './subject-cases.ts';
import { policyOf } from './support.ts';

const CASES = [...requestCases, ...placeCases, ...ruleCases, ...subjectCases, ...roleCases];

describe('an explained refusal', () => {
  it.each(CASES)('names as the nearest miss: $title', ({ objects, request, kind, message, remedyText }) => {
    const policy = policyOf(...objects);
    const { decision, nearMisses } = explain(policy, request);
    expect(decision).toBe('noOpinion');
    expect({ ...nearMisses[0], remedy: undefined, grant: undefined }).toEqual({
      kind,
      message,
      remedy: undefined,
      remedyText,
      grant: undefined,
    });
    for (const object of nearMisses[0]?.remedy ?? []) policy.put('manifests', object);
    const isMendedByGrant = kind !== 'emptyVerb' && kind !== 'anonymous';
    expect(policy.authorize(request).decision).toBe(isMendedByGrant ? 'allow' : 'noOpinion');
  });

  it('has a case for every kind of near miss', () => {
    const kinds: Record<NearMissKind, number> = Object.create(null);
    for (const { kind } of CASES) kinds[kind] = (kinds[kind] ?? 0) + 1;
    expect(Object.keys(kinds)).toHaveLength(23);
  });
});
