import { describe, expect, it } from 'vitest';
import type { SuggestOptions } from '../../../../src/rbac/questions/suggest.ts';
import type { LoggedRequest } from '../audit-lines.ts';
import { dev, suggested, summary } from './suggested.ts';

describe('options of suggest', () => {
  const requests: LoggedRequest[] = [
    { ...dev, verb: 'list', on: 'pods', annotations: { 'authorization.k8s.io/decision': 'allow' } },
    {
      ...dev,
      verb: 'list',
      on: 'secrets',
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
      code: 403,
    },
    // As a log without annotations has it.
    { as: 'bob', ns: 'dev', verb: 'list', on: 'services', code: 403 },
    { as: 'root', groups: ['system:masters'], ns: 'dev', verb: 'list', on: 'jobs.batch', code: 404 },
  ];
  const roles = (options: SuggestOptions) =>
    summary(suggested(requests, options)).filter((line) => line.startsWith('Role '));

  it.each<[SuggestOptions, string[]]>([
    [{}, ['Role dev: list pods,secrets', 'Role dev: list services']],
    [{ decisions: 'attempted' }, ['Role dev: list pods,secrets', 'Role dev: list services']],
    [{ decisions: 'allowed' }, ['Role dev: list pods']],
    [{ decisions: 'denied' }, ['Role dev: list secrets', 'Role dev: list services']],
    [{ only: (name) => name === 'bob' }, ['Role dev: list services']],
    [{ decisions: 'allowed', superusers: true }, ['Role dev: list jobs.batch', 'Role dev: list pods']],
  ])('%j', (options, expected) => {
    expect(roles(options).sort()).toEqual(expected);
  });

  it('widen many names to any, except where the name is the point', () => {
    const many = ['a', 'b', 'c'].flatMap((name): LoggedRequest[] => [
      { ...dev, verb: 'get', on: 'pods', name },
      { ...dev, verb: 'create', on: 'serviceaccounts/token', name },
      { ...dev, verb: 'impersonate', on: 'serviceaccounts', name },
    ]);
    expect(summary(suggested(many, { maxNames: 2 }))[0]).toBe(
      'Role dev: get pods; impersonate serviceaccounts#a,b,c; create serviceaccounts/token#a,b,c',
    );
    expect(summary(suggested(many, { maxNames: 3 }))[0]).toContain('get pods#a,b,c');
  });

  it('set what names begin with', () => {
    const names = suggested(requests, { namePrefix: 'from-log', decisions: 'allowed' }).map(
      ({ metadata }) => metadata.name,
    );
    expect(names).toEqual([expect.stringMatching(/^from-log-jane-[0-9a-f]{12}$/), names[0]]);
    expect(() => suggested(requests, { namePrefix: 'a/b' })).toThrow(RangeError);
  });
});
