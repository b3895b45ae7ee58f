import { describe, expect, it } from 'vitest';
import { suggested } from './suggested.ts';

describe('names of what is suggested', () => {
  const nameFor = (as: string) => suggested([{ as, ns: 'dev', verb: 'list', on: 'pods' }])[0]?.metadata.name;

  it.each([
    ['jane', 'suggested-jane-'],
    ['system:serviceaccount:ops:ci', 'suggested-ops-ci-'],
    ['corp:Jane.Doe@example.com', 'suggested-corp-jane-doe-example-com-'],
    ['Ж', 'suggested-user-'],
    ['x'.repeat(300), `suggested-${'x'.repeat(40)}-`],
  ])('tell who %s is', (as, prefix) => {
    expect(nameFor(as)?.slice(0, -12)).toBe(prefix);
  });

  it('stay while the rights stay', () => {
    expect(nameFor('jane')).toBe('suggested-jane-c6677b967b29');
  });
});
