import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectorProblem } from '../../../src/gateway/reviews/review-selector.ts';
import { readReviewSpec } from '../../../src/gateway/reviews/review-spec.ts';
import { reviewStatus } from '../../../src/gateway/reviews/review-status.ts';
import { validateReviewSpec } from '../../../src/gateway/reviews/validate-review-spec.ts';
import type { SelectorRequirement } from '../../../src/kube/index.ts';

const usable: SelectorRequirement = { key: 'a', operator: 'In', values: ['b'] };
const newer: SelectorRequirement = { key: 'a', operator: 'StartsWith', values: ['b'] };

describe('a selector in an access review', () => {
  it.each(['fieldSelector', 'labelSelector'] as const)('%s: says how much of it is ignored', (name) => {
    const path = `spec.resourceAttributes.${name}`;
    expect(selectorProblem(name, { requirements: [usable] })).toBeUndefined();
    expect(selectorProblem(name, { requirements: [newer, newer] })).toBe(
      `${path} ignored due to parse error`,
    );
    expect(selectorProblem(name, { requirements: [newer, usable] })).toBe(
      `${path} partially ignored due to parse error`,
    );
    expect(selectorProblem(name, { rawSelector: 'a=b,===' })).toBe(`${path} ignored due to parse error`);
  });

  it('joins what there is to say about both', () => {
    const selector = { rawSelector: '===' };
    const spec = readReviewSpec(
      { resourceAttributes: { fieldSelector: selector, labelSelector: selector } },
      false,
    );
    const user = { username: 'alice', groups: [] };
    expect(reviewStatus(spec, user, () => ({ decision: 'noOpinion', reason: '' }))).toEqual({
      allowed: false,
      evaluationError:
        'spec.resourceAttributes.fieldSelector ignored due to parse error; spec.resourceAttributes.labelSelector ignored due to parse error',
    });
  });

  it.each([
    [
      'fieldSelector',
      { key: '', operator: 'In' },
      [
        'requirements[0].key: Required value: must be specified',
        "requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    [
      'labelSelector',
      { key: 'a', operator: 'NotIn', values: ['b', 'c d'] },
      [
        "requirements[0].values[1]: Invalid value: \"c d\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
  ] as const)('%s: a requirement that cannot be is refused', (name, requirement, problems) => {
    const spec = readReviewSpec({ resourceAttributes: { [name]: { requirements: [requirement] } } }, false);
    const texts = problems.map((problem) => `spec.resourceAttributes.${name}.${problem}`);
    const listed = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    expect(() => validateReviewSpec(spec, false, [])).toThrow(
      `.authorization.k8s.io "" is invalid: ${listed}`,
    );
  });

  it('of the wrong JSON type is told apart from one that is not understood', () => {
    for (const selector of [
      [],
      { rawSelector: 1 },
      { requirements: {} },
      { requirements: [{ values: [1] }] },
    ]) {
      expect(() => readReviewSpec({ resourceAttributes: { fieldSelector: selector } }, false)).toThrow(
        /^spec\.resourceAttributes\.fieldSelector.*: expected /,
      );
    }
  });

  it('never ends in anything but a status or an answer, whatever it holds', () => {
    const requirement = fc.record({ key: fc.string(), operator: fc.string(), values: fc.array(fc.string()) });
    const selector = fc.oneof(
      fc.record({ rawSelector: fc.string() }),
      fc.record({ requirements: fc.array(requirement, { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.constantFrom('fieldSelector', 'labelSelector'), selector, (name, value) => {
        const problem = selectorProblem(name, value);
        expect(problem === undefined || problem.endsWith('ignored due to parse error')).toBe(true);
      }),
    );
  });
});
